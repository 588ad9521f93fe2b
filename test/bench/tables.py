"""The measurements as Markdown."""
import datetime, os, re, shutil, subprocess
import compare, first, load, scale, targets, trips
from lab import ROOT, median

HEAD = """# Benchmarks

Written by `npm run bench`, as root. To repeat it: `test/bench/rivals.sh` installs the rivals on a Debian (what cannot be
had is left out), `npm ci`, `npm run bench`. It ends after 45 minutes; what did not fit in, mostly further repeats of the slow
rivals, is measured when it is called again or given more time (`--minutes 90`), as long as the commit is the same.
`npm run bench -- --quick` takes two minutes; `--only compare,trips,scale,load,files` measures some of it.

Real `sshd` hosts on one machine, all in a network namespace of their own. The hosts share the machine's processors with
the control side, which no real fleet does: control CPU and the ratios say more than wall times. Medians; ratios are of
the same row of measurements.
"""

COMPARED = """
# The node preparation

The same 20 tasks (`test/bench/play/site.yml`). Every run is cold: run 1 makes the state on fresh hosts, run 2 changes
nothing; no connection is left open in between. In brackets the ratio to `floor-ssh2-tuned`. Columns from CPU on are of
run 2.

- `floor-ssh`: `ssh host sh -s` with all steps as one script, hosts in parallel
- `floor-ssh2`: the same script from one Node process with bare ssh2; `-tuned` with TCP_NODELAY and without the `none`
  authentication; `-noop` logs in and runs `true`
- Ansible with 50 forks; `-pipe` with pipelining
- only the first repeat of a rival is of run 1; the others begin on hosts where the bare script has made the state, of which
  nothing may be changed
"""


def version(*command):
    if not shutil.which(command[0]):
        return None
    out = subprocess.run(command, capture_output=True, text=True)
    return (out.stdout or out.stderr).splitlines()[0].strip()


def commit():
    run = lambda *c: subprocess.run(["git", "-C", ROOT, *c], capture_output=True, text=True).stdout.strip()
    # The last one that could change a figure: a commit of the tables themselves does not.
    return run("log", "-1", "--format=%h", "--", "src", "package-lock.json", "build.js", "test/bench") or "unknown"


def machine():
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    memory = int(open("/proc/meminfo").readline().split()[1]) / 2**20
    mitogen = subprocess.run(["dpkg-query", "-W", "-f", "mitogen ${Version}", "python3-mitogen"], capture_output=True, text=True).stdout if shutil.which("dpkg-query") else ""
    found = [version("node", "--version"), version("ssh", "-V"), version("ansible", "--version"), mitogen, version(compare.PYINFRA, "--version")]
    return [
        f"{os.cpu_count()} cores ({cpu[1] if cpu else 'unknown'}), {memory:.0f} GiB, Linux {os.uname().release}",
        f"kprov at {commit()}; " + "; ".join(f for f in found if f),
        f"{datetime.date.today().isoformat()}",
    ]


def med(rows, field):
    return median([r[field] for r in rows])


def compared(all_rows):
    rows = all_rows.of(section="compare")
    if not rows:
        return
    yield COMPARED
    for rtt, n in sorted({(r["rtt_ms"], r["hosts"]) for r in rows}, key=lambda k: (k[1], k[0])):
        here = [r for r in rows if r["rtt_ms"] == rtt and r["hosts"] == n]
        of = {e: {k: [r for r in here if r["engine"] == e and r["run"] == k] for k in (1, 2)} for e in {r["engine"] for r in here}}
        of = {e: runs for e, runs in of.items() if runs[1] and runs[2]}
        floor = of.get("floor-ssh2-tuned")
        ratio = lambda e, k, f: f" ({med(of[e][k], f) / med(floor[k], f):.2f}x)" if floor else ""
        yield f"\n## {n} hosts, round trip {rtt:g} ms\n"
        yield "| engine | run 1 s | run 2 s | control CPU s | hosts CPU s | control MB | processes per host | packets | runs |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
        for e in sorted(of, key=lambda e: med(of[e][2], "wall")):
            m = lambda f, k=2: med(of[e][k], f)
            noisy = "*" if any(r["noisy"] for k in (1, 2) for r in of[e][k]) else ""
            yield (f"| {e} | {m('wall', 1):.2f}{ratio(e, 1, 'wall')} | {m('wall'):.2f}{ratio(e, 2, 'wall')} | {m('ctl_cpu'):.2f}{ratio(e, 2, 'ctl_cpu')} "
                   f"| {m('hosts_cpu'):.2f} | {m('peak_mb'):.0f}{ratio(e, 2, 'peak_mb')} | {m('host_procs'):.0f} | {m('packets'):.0f} | {len(of[e][2])}{noisy} |")
        ours = of.get("kprov")
        rivals = [e for e in ("pyinfra", "mitogen", "ansible-pipe", "ansible") if e in of]
        if ours and rivals:
            yield ""
            for e in rivals:
                yield (f"- {e} takes {med(of[e][1], 'wall') / med(ours[1], 'wall'):.0f}x as long as kprov for run 1, "
                       f"{med(of[e][2], 'wall') / med(ours[2], 'wall'):.0f}x for run 2, with {med(of[e][2], 'ctl_cpu') / med(ours[2], 'ctl_cpu'):.0f}x "
                       f"the control CPU and {med(of[e][2], 'peak_mb') / med(ours[2], 'peak_mb'):.1f}x the memory")
    states = {}
    for r in rows:
        for s in r["state"] or []:
            states.setdefault((s.split(":")[0], r["hosts"]), set()).add(s.split(":")[1])
    bad = {k: v for k, v in states.items() if len(v) > 1}
    yield "\nEnd state of the hosts: " + ("the same for every engine." if not bad else f"DIFFERS: {bad}")
    if any(r["noisy"] for r in rows):
        yield f"\n\\* some runs had more than {compare.NOISE:.0%} of the machine taken by other work, even when repeated."


def sent(all_rows):
    rows = all_rows.of(section="files")
    if not rows:
        return
    yield "\n## A large file\n"
    yield ("To all hosts at once; `scp` with one process a host. `packed` cannot be compressed; `plain` is programs and texts. kprov "
           "checks what arrived by its SHA-256, scp checks nothing; `kprov-again` finds it there.\n")
    yield "| file | hosts | by | s | of scp's throughput | control CPU s | hosts CPU s | control MB | on the wire MB |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for kind, n, mb in sorted({(r["kind"], r["hosts"], r["mb"]) for r in rows}):
        here = [r for r in rows if (r["kind"], r["hosts"], r["mb"]) == (kind, n, mb)]
        of = lambda e, f: med([r for r in here if r["engine"] == e], f)
        for e in ("scp", "kprov", "kprov-again"):
            share = f"{of('scp', 'wall') / of(e, 'wall'):.2f}x" if e != "kprov-again" else ""
            yield (f"| {mb} MB {kind} | {n} | {e} | {of(e, 'wall'):.1f} | {share} | {of(e, 'ctl_cpu'):.1f} | {of(e, 'hosts_cpu'):.1f} "
                   f"| {of(e, 'peak_mb'):.0f} | {of(e, 'wire_mb'):.0f} |")


def handed_on(all_rows):
    rows = all_rows.of(section="hand-on")
    if not rows:
        return
    mbit, n, mb = rows[0]["mbit"], rows[0]["hosts"], rows[0]["mb"]
    yield "\n## A large file, handed on\n"
    yield (f"{mb} MB that cannot be compressed, to {n} hosts, where all that leaves the control side shares {mbit} Mbit/s and the "
           "hosts reach each other without that limit. `--hand-on`: sent once, the others have it from hosts that have it.\n")
    yield "| by | s | faster | control CPU s | hosts CPU s | from other hosts |"
    yield "| --- | --- | --- | --- | --- | --- |"
    of = lambda e, f: med([r for r in rows if r["engine"] == e], f)
    for e in ("kprov", "kprov --hand-on"):
        yield f"| {e} | {of(e, 'wall'):.1f} | {of('kprov', 'wall') / max(of(e, 'wall'), 0.01):.2f}x | {of(e, 'ctl_cpu'):.1f} | {of(e, 'hosts_cpu'):.1f} | {of(e, 'came'):.0f} |"


def document(rows):
    parts = [*targets.table(rows), *compared(rows), *sent(rows), *handed_on(rows), *trips.table(rows), *first.table(rows), *scale.table(rows), *load.table(rows)]
    if rows.left_out:
        parts += ["\n## Left out for want of time\n", *(f"- {what}" for what in rows.left_out)]
    return "\n".join(parts)


def whole(rows):
    return HEAD + "\n" + "\n".join(f"- {line}" for line in machine()) + "\n" + document(rows) + "\n"
