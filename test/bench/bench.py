#!/usr/bin/env python3
"""Times kprov, its rivals and the floors on real hosts of this machine; needs root. See README.md.

  npm run bench                 everything, in about 45 minutes; writes docs/benchmarks.md
  npm run bench -- --minutes 90 with the slow rivals three times as well
  npm run bench -- --quick      under two minutes, for a look and for CI; writes nothing but its table
  npm run bench -- --scale      1,000 hosts, and 5,000 planned offline
  npm run bench -- --only files,trips

The most important rows come first: all engines with the most hosts and no delay. What was measured at the same commit is not measured again (--fresh: it is), so a bench that was broken off, or that
ran out of time, goes on where it was. Per run it records wall time; CPU of the control side and of the hosts, from two
cgroups; the peak of anonymous memory of the control side; processes and threads started, on the control side and per
host (the last pid of each pid namespace); bytes and packets on the wire; and the share of the machine that other work
took, by which noisy runs are repeated. The control side runs in a pid namespace of its own, so nothing it leaves behind
(ssh masters) survives a run. An engine that is not installed is skipped.

Exit code 1: something did not work; slow figures never are a failure. Environment: KPB_PYINFRA (the pyinfra command),
KPB_KPROV (the kprov command), KPB_NOISE (share of other work above which a run is repeated), KPB_WEIGHT (share of the
processor against other work), KPB_STATE and KPB_NETNS (another set of hosts beside the first).
"""
import argparse, os, signal, sys
import compare, files, first, load, scale, tables, trips
from lab import Failed, ROOT, hosts_sh, say
from rows import Rows

FLOORS = ["kprov", "floor-ssh2-tuned", "floor-ssh"]
RIVALS = ["mitogen", "pyinfra", "ansible-pipe", "ansible"]
SECTIONS = ["compare", "trips", "scale", "load", "files"]


def numbers(text, of=int):
    return [of(x) for x in text.split(",")]


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--quick", action="store_true")
    p.add_argument("--only", default="", help=f"of {','.join(SECTIONS)}")
    p.add_argument("--scale", action="store_true", help="the same as --only scale")
    p.add_argument("--table-only", action="store_true", help="make the tables of rows that are there")
    p.add_argument("--fresh", action="store_true", help="forget rows that are there")
    p.add_argument("--minutes", type=float, default=45)
    p.add_argument("--engines", default="", help="kprov, floor-…, rivals; default: all but floor-ssh2 and -noop")
    p.add_argument("--hosts", type=numbers, default=[10, 50])
    p.add_argument("--delays", type=lambda t: numbers(t, float), default=[0.0, 25.0], help="one-way, in ms")
    p.add_argument("--reps", type=int, default=3)
    p.add_argument("--tries", type=int, default=2, help="repeats of a noisy run")
    p.add_argument("--rival-hosts", type=int, default=50, help="with more hosts than this rivals are left out")
    p.add_argument("--rival-delayed-hosts", type=int, default=10, help="the same, where the way is long")
    p.add_argument("--file-mb", type=int, default=300)
    p.add_argument("--file-hosts", type=int, default=10)
    p.add_argument("--scale-hosts", type=numbers, default=[100, 300, 1000])
    p.add_argument("--rows", default="", help="every measurement, one JSON a line")
    a = p.parse_args()
    a.only = a.only.split(",") if a.only else ["scale"] if a.scale else SECTIONS
    a.writes = not a.quick and a.only == SECTIONS
    if a.quick:
        a.minutes, a.reps, a.tries, a.fresh = min(a.minutes, 1.7), 1, 1, True
        a.hosts, a.delays, a.rival_hosts = [5], [0.0, 25.0], 5
        a.file_mb, a.file_hosts, a.scale_hosts = 20, 3, [60]
    a.rows = a.rows or f"/var/tmp/kprov-bench{'-quick' if a.quick else ''}.jsonl"
    return a


def run(rows, a):
    wanted = a.engines.split(",") if a.engines else FLOORS + RIVALS
    engines = [e for e in wanted if not (a.quick and e == "ansible")]
    compared = lambda stage: compare.run(rows, a, engines, stage)
    work = {
        "compare": lambda: compared(1),
        "trips": lambda: (first.run(rows, a), trips.run(rows, a)),
        "scale": lambda: (scale.connect(rows, a), scale.plan(rows, a)),
        "load": lambda: load.run(rows, a),
        "files": lambda: files.run(rows, a),
        # Takes what is left of the time.
        "the rest of compare": lambda: (compared(2), compared(3)),
    }
    failures = []
    try:
        for name in [name for name in work if name in a.only or (name == "the rest of compare" and "compare" in a.only)]:
            try:
                say(f"== {name}, after {rows.elapsed_s() / 60:.0f} of {a.minutes:g} minutes")
                work[name]()
            except Failed as failure:
                print(f"FAILED in {name}: {failure}", flush=True)
                failures.append(name)
    finally:
        hosts_sh("down")
        files.forget()
    return failures


def main():
    a = arguments()
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a run in progress is ended too
    if a.fresh and not a.table_only and os.path.exists(a.rows):
        os.unlink(a.rows)
    rows = Rows(a.rows, tables.commit(), a.minutes * 60)
    if rows.kept:
        print(f"{rows.kept} measurements of this commit are there already ({a.rows}); --fresh forgets them", flush=True)
    if a.table_only and not rows.kept:
        sys.exit(f"bench.py: there are no measurements of commit {rows.commit} in {a.rows}: docs/benchmarks.md stays as it is")
    failures = [] if a.table_only else run(rows, a)
    print(tables.document(rows))
    if a.writes and not failures:
        with open(os.path.join(ROOT, "docs", "benchmarks.md"), "w") as f:
            f.write(tables.whole(rows))
    sys.exit(1 if failures else 0)


main()
