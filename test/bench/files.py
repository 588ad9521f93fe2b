"""One large file to every host: kprov's copy beside scp, both to all hosts at once."""
import os, shutil, subprocess
from compare import kprov
from lab import INI, NETNS, OUT, STATE, Failed, hosts_sh, line, measure, on_hosts

DEST = "/var/tmp/archive"
PLAY = f"""- hosts: nodes
  gather_facts: false
  tasks:
    - copy: {{src: "{{{{ archive }}}}", dest: {DEST}, mode: "0600"}}
"""


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
    return {"scp": ["sh", "-c", scp], "kprov": kprov() + ["-i", INI, "-e", f"archive={archive}", play]}


def run(rows, a):
    n, mib = a.file_hosts, a.file_mb
    estimate = 3 * n * mib / 100 * 0.6 + n / 5 + 5
    for kind, archive in archives(mib).items():
        for rep in range(a.reps):
            key = dict(section="files", kind=kind, hosts=n, mb=mib, rep=rep)
            if len(rows.of(**key)) == 3 or not rows.has_time(f"files, {kind}, repeat {rep + 1}", estimate):
                continue
            hosts_sh("up", n)
            measured = {}
            for engine, command in commands(archive).items():
                on_hosts(f"rm -rf {DEST}")
                measured[engine] = measure(engine, command, counts_processes=False)
                on_hosts(f"[ $(stat -c %s {DEST}) = {mib * 1_000_000} ]")
            measured["kprov-again"] = measure("kprov", commands(archive)["kprov"], counts_processes=False)
            if "changed=0" not in open(OUT).read():
                raise Failed("files: the second run has changed something")
            for engine, r in measured.items():
                rows.add(r, engine=engine, **key)
                line(f"{mib} MB {kind} to {n} hosts, {engine}", r)
