"""Runs a program at a pseudo-terminal and types a line whenever it asks at a debugger. Prints what was shown."""

import json
import os
import pty
import select
import sys
import time

command, answers = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(command[0], command)
shown, seen = b"", 0
while True:
    ready, _, _ = select.select([terminal], [], [], 60)
    if not ready:
        os.kill(child, 9)
        break
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    shown += part
    if b"(debug)> " in shown[seen:]:
        seen = len(shown)
        time.sleep(0.1)
        os.write(terminal, (answers.pop(0) if answers else "\x04").encode() + b"\n")
_, status = os.waitpid(child, 0)
print(json.dumps({"code": os.waitstatus_to_exitcode(status), "shown": shown.decode(errors="replace")}))
