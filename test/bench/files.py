"""One large file to every host: kprov's copy beside scp, both to all hosts at once; and handed on by the hosts."""
import os, shutil, subprocess
from compare import kprov
from lab import INI, NETNS, OUT, STATE, Failed, hosts_sh, line, measure, on_hosts

DEST = "/var/tmp/archive"
PLAY = f"""- hosts: nodes
  gather_facts: false
  tasks:
    - copy: {{src: "{{{{ archive }}}}", dest: {DEST}, mode: "0644"}}
"""


# What leaves the control side for sshd's port shares this; what hosts send each other does not.
UPLINK_MBIT = 400
UPLINK = f"""tc qdisc add dev lo root handle 1: htb default 20
tc class add dev lo parent 1: classid 1:10 htb rate {UPLINK_MBIT}mbit burst 256k cburst 256k
tc class add dev lo parent 1: classid 1:20 htb rate 100gbit burst 1m cburst 1m
tc filter add dev lo parent 1: protocol ip u32 match ip dport 22 0xffff flowid 1:10"""


FOLDER = f"/var/tmp/{NETNS}-archives"


def forget():
    shutil.rmtree(FOLDER, ignore_errors=True)


def archives(mib):
    """`packed`: like layers that are compressed already. `plain`: programs and texts of this machine, as in `docker save`."""
    os.makedirs(FOLDER, exist_ok=True)
    made = {"packed": f"{FOLDER}/packed-{mib}", "plain": f"{FOLDER}/plain-{mib}"}
    size = mib * 1_000_000
    if not os.path.exists(made["packed"]):
        subprocess.run(f"head -c {size} /dev/urandom >{made['packed']}", shell=True, check=True)
    if not os.path.exists(made["plain"]):
        subprocess.run(f"tar c -C / usr/bin usr/lib usr/share 2>/dev/null | head -c {size} >{made['plain']}", shell=True, check=True)
    return made


def commands(archive):
    play = f"{STATE}/copy.yml"
    with open(play, "w") as f:
        f.write(PLAY)
    scp = f'while read -r name ip; do scp -q -F {STATE}/ssh_config {archive} "$name:{DEST}" </dev/null & done <{STATE}/hosts; wait'
    ours = kprov() + ["-i", INI, "-e", f"archive={archive}", play]
    return {"scp": ["sh", "-c", scp], "kprov": ours, "kprov --hand-on": [*ours, "--hand-on", "-v"]}


def sent(engine, archive, mib):
    """One command, to hosts that do not have the file, and a look whether they have it then."""
    on_hosts(f"rm -rf {DEST}")
    measured = measure(engine, commands(archive)[engine], counts_processes=False)
    on_hosts(f"[ $(stat -c %s {DEST}) = {mib * 1_000_000} ]")
    return measured


def hand_on(rows, a, rep):
    """The same file, sent to each host or handed on by them, where the way from here is the narrow one."""
    n, mib = a.file_hosts, max(a.file_mb // 3, 10)
    archive = archives(mib)["packed"]
    key = dict(section="hand-on", hosts=n, mb=mib, rep=rep, mbit=UPLINK_MBIT)
    estimate = 2 * n * mib * 8 / UPLINK_MBIT + n / 5 + 20
    if len(rows.of(**key)) == 2 or not rows.has_time(f"handing on, repeat {rep + 1}", estimate):
        return
    hosts_sh("up", n)
    hosts_sh("ctl", "sh", "-ec", UPLINK)
    for engine in ("kprov", "kprov --hand-on"):
        r = sent(engine, archive, mib)
        came = open(OUT).read().count("a large file came from")
        rows.add({**r, "came": came}, engine=engine, **key)
        line(f"{mib} MB to {n} hosts over {UPLINK_MBIT} Mbit/s, {engine}, {came} from other hosts", r)


def run(rows, a):
    for rep in range(a.reps):
        send(rows, a, rep)
        hand_on(rows, a, rep)


def send(rows, a, rep):
    n, mib = a.file_hosts, a.file_mb
    estimate = 3 * n * mib / 100 * 0.6 + n / 5 + 5
    for kind, archive in archives(mib).items():
        key = dict(section="files", kind=kind, hosts=n, mb=mib, rep=rep)
        if len(rows.of(**key)) == 3 or not rows.has_time(f"files, {kind}, repeat {rep + 1}", estimate):
            continue
        hosts_sh("up", n)
        measured = {}
        for engine in ("scp", "kprov"):
            measured[engine] = sent(engine, archive, mib)
        measured["kprov-again"] = measure("kprov", commands(archive)["kprov"], counts_processes=False)
        if "changed=0" not in open(OUT).read():
            raise Failed("files: the second run has changed something")
        for engine, r in measured.items():
            rows.add(r, engine=engine, **key)
            line(f"{mib} MB {kind} to {n} hosts, {engine}", r)
