#!/usr/bin/python3
"""Writes ansible-key-values.json: what ansible-core's parse_kv makes of argument text. Needs ansible-core; run by hand."""
import json, os, random
from ansible.errors import AnsibleError
from ansible.parsing.splitter import parse_kv

written = [
    "src=a dest=b", "src=a", "", "   ", "a", "a=b c", 'a="b c" d=\'e f\'', "a={{ b c }} d", "a={{ b }} {{ c }}",
    'echo "a=b" chdir=/tmp', "ls creates=/x  -l", "a='it\\'s'", 'a="say \\"hi\\""', "x\\=y z", "a\\=b=c", "=x", "==", "a==b",
    "a={% if x %}b c{% endif %} d=e", "a={# no = thing #} b=c", 'msg="{{ x | default(\'a b\') }}"', "a=b\nc=d", "a=b \\\n c=d",
    'cmd\nline two\n  indented', 'a="b\n c"', "a={{ b\n c }}", 'a="unbalanced', "a={{ unbalanced", "{{ a }}", "{{a}} b={{ c }}", "a=\\n",
    'a="\\t\\x41\\u00e9"', "a=\\q", "  lead=1", "a=1   b=2   ", "a= b", "a =b", "name=x state=present force=yes", "awk -F= '{print $1}' f",
    "chdir=/x if [ a = b ]; then echo c; fi", "echo warn=1 executable=/bin/bash", "'a=b'", '"a=b" c=d', "a='b' 'c'", "a=\"b\"c", "a=''", "a='", '"',
    "a=b\\", "a=\\\\", "x={{ '}}' }}", "x='{{ y }}' z={{ '{{' }}", "a=b\n\nc=d\n", "a=\"x\ny\" b=c", "stdin=x strip_empty_ends=no a b",
]
pieces = ["a", "b=", "c=d", " ", "  ", "\n", '"', "'", "\\", "{{", "}}", "{%", "%}", "{#", "#}", "=", "creates=", "\\=", "\\n", "x y", "|", "é"]
rng = random.Random(20240229)
for _ in range(900):
    written.append("".join(rng.choice(pieces) for _ in range(rng.randint(1, 12))))

cases = []
for text in dict.fromkeys(written):
    for command in (False, True):
        try:
            result = parse_kv(text, check_raw=command)
            cases.append([text, command, result])
        except AnsibleError as error:
            if not isinstance(error.orig_exc, IndexError):  # where ansible-core itself stumbles
                cases.append([text, command, None])
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ansible-key-values.json")
with open(path, "w") as out:
    json.dump(cases, out)
    out.write("\n")
print(len(cases))
