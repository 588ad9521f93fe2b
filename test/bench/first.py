"""What `kprov up` on three hosts takes until its first packet leaves, and `kprov --version`, beside `node -e 0`."""
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


def timed(*command):
    began = time.monotonic()
    subprocess.run(command, check=True, preexec_fn=enter, stdout=subprocess.DEVNULL)
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
            row = {
                "node": timed("node", "-e", "0"),
                "version": timed(*kprov()[:2], "--version"),
                "first": until_first([*kprov(), "-i", ini, PLAY], server),
            }
            rows.add(row, section="first", rep=rep)
            say("first packet: {first:.0f} ms, --version {version:.0f} ms, node alone {node:.0f} ms".format(**{k: v * 1000 for k, v in row.items()}))


def figures(rows):
    """Medians in milliseconds, and kprov's own of the best runs; empty where nothing was measured."""
    found = rows.of(section="first")
    if not found:
        return {}
    of = {key: median([row[key] for row in found]) * 1000 for key in ("first", "node", "version")}
    best = (min(row["first"] for row in found) - min(row["node"] for row in found)) * 1000
    return {**of, "own": of["first"] - of["node"], "best": best, "times": len(found)}


def table(rows):
    of = figures(rows)
    if not of:
        return
    yield "\n## Before the first packet\n"
    yield f"`kprov up` on {HOSTS} hosts until its first connection is opened, in milliseconds; {of['times']} times.\n"
    yield "| `node -e 0` | `kprov --version` | first packet | kprov's own | of the best runs |"
    yield "| --- | --- | --- | --- | --- |"
    yield f"| {of['node']:.0f} | {of['version']:.0f} ({of['version'] / of['node']:.2f}x) | {of['first']:.0f} | {of['own']:.0f} | {of['best']:.0f} |"
