"""What `kprov up` on three hosts takes until its first packet leaves, beside `node -e 0`."""
import os, signal, socket, subprocess, tempfile, time
from compare import PLAY, kprov
from lab import CTL, Failed, median, say

HOSTS = 3


def enter():
    """The share of the processor that the control side has in every section."""
    for path in CTL.procs():
        open(path, "w").write("0")


def inventory(folder, port):
    key, path = os.path.join(folder, "key"), os.path.join(folder, "hosts.ini")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    with open(path, "w") as f:
        f.write("[nodes]\n")
        f.writelines(f"n{i} ansible_host=127.0.0.1 ansible_port={port} node_index={i}\n" for i in range(HOSTS))
        f.write(f"[nodes:vars]\nansible_user=root\nansible_ssh_private_key_file={key}\nansible_ssh_common_args=-F none\n")
    return path


def until_first(command, server):
    """Seconds from the start of the command to its first connection; it gets no answer."""
    began = time.monotonic()
    none = subprocess.DEVNULL
    process = subprocess.Popen(command, stdin=none, stdout=none, stderr=none, preexec_fn=enter)
    try:
        server.settimeout(30)
        server.accept()[0].close()
        return time.monotonic() - began
    except TimeoutError:
        raise Failed("no connection was opened within 30 s")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        server.settimeout(0.05)
        try:
            while True:
                server.accept()[0].close()
        except TimeoutError:
            pass


def node():
    began = time.monotonic()
    subprocess.run(["node", "-e", "0"], check=True, preexec_fn=enter)
    return time.monotonic() - began


def run(rows, a):
    reps = [rep for rep in range(5 if a.quick else 15) if not rows.of(section="first", rep=rep)]
    if not reps or not rows.has_time("the first packet", len(reps)):
        return
    with tempfile.TemporaryDirectory() as folder, socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(2 * HOSTS)
        ini = inventory(folder, server.getsockname()[1])
        for rep in reps:
            row = {"node": node(), "first": until_first([*kprov(), "-i", ini, PLAY], server)}
            rows.add(row, section="first", rep=rep)
            say(f"first packet: {row['first'] * 1000:.0f} ms, node alone {row['node'] * 1000:.0f} ms")


def table(rows):
    found = rows.of(section="first")
    if not found:
        return
    first, alone = (median([row[key] for row in found]) * 1000 for key in ("first", "node"))
    best = (min(row["first"] for row in found) - min(row["node"] for row in found)) * 1000
    yield "\n## Before the first packet\n"
    yield f"`kprov up` on {HOSTS} hosts until its first connection is opened, in milliseconds; {len(found)} times.\n"
    yield "| `node -e 0` | first packet | kprov's own | of the best runs |"
    yield "| --- | --- | --- | --- |"
    yield f"| {alone:.0f} | {first:.0f} | {first - alone:.0f} | {best:.0f} |"
