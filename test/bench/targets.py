"""What kprov is to reach, beside what was measured: one table."""
import first
from lab import median

RIVALS = {"ansible": 70, "mitogen": 18, "pyinfra": 7}


def med(rows, field):
    return median([r[field] for r in rows])


def ratios(rows, hosts):
    """(what, target, measured as text, holds) of the node preparation without delay."""
    of = lambda engine, run=2: rows.of(section="compare", engine=engine, hosts=hosts, rtt_ms=0.0, run=run)
    if not (of("kprov") and of("floor-ssh2-tuned")):
        return
    ratio = lambda engine, field, run=2: med(of("kprov", run), field) / med(of(engine, run), field)
    for what, field, run, most in (("run 2", "wall", 2, 1.25), ("run 1", "wall", 1, 1.25), ("control CPU", "ctl_cpu", 2, 2), ("memory", "peak_mb", 2, 3)):
        found = ratio("floor-ssh2-tuned", field, run)
        yield f"{hosts} hosts, {what}, of bare ssh2's", f"at most {most:g}x", f"{found:.2f}x", found <= most
    if of("floor-ssh"):
        found = ratio("floor-ssh", "wall")
        yield f"{hosts} hosts, run 2, of `ssh host sh -s` in parallel", "at most 0.55x", f"{found:.2f}x", found <= 0.55
    for engine, least in RIVALS.items():
        if of(engine):
            found = 1 / ratio(engine, "wall")
            yield f"{hosts} hosts, run 2, faster than {engine}", f"at least {least}x", f"{found:.0f}x", found >= least
    if of("ansible"):
        found = ratio("ansible", "peak_mb")
        yield f"{hosts} hosts, memory, of Ansible's", "at most 0.10x", f"{found:.2f}x", found <= 0.1


def far(rows):
    delayed = sorted({(r["hosts"], r["rtt_ms"]) for r in rows.of(section="compare") if r["rtt_ms"] > 0})
    for hosts, rtt in delayed[:1]:
        ours, floor = (rows.of(section="compare", engine=e, hosts=hosts, rtt_ms=rtt, run=2) for e in ("kprov", "floor-ssh2-tuned"))
        if ours and floor:
            more = (med(ours, "wall") - med(floor, "wall")) / (rtt / 1000)
            yield f"{hosts} hosts, round trip {rtt:g} ms, run 2, more than bare ssh2", "at most 2 round trips", f"{more:.1f}", more <= 2


def many(rows):
    found = rows.of(section="scale")
    if found:
        most, least = max(r["hosts"] for r in found), min(r["hosts"] for r in found)
        memory = med([r for r in found if r["hosts"] == most], "peak_mb")
        yield f"{most} hosts, memory", "less than 300 MB", f"{memory:.0f} MB", memory < 300
        lost = max(r["lost"] for r in found)
        yield f"{most} hosts, lost", "none", str(lost), lost == 0
        each = [med([r for r in found if r["hosts"] == n], "wall") / n for n in (most, least)]
        yield f"{most} hosts, time for one, of that with {least}", "linear: at most 1.25x", f"{each[0] / each[1]:.2f}x", each[0] <= 1.25 * each[1]
    for r in rows.of(section="plan", what="list"):
        yield f"{r['hosts']} hosts, {r['tasks']} tasks, planned offline", "seconds", f"{r['wall']:.1f} s", r["wall"] < 10


def sent(rows):
    for kind in sorted({r["kind"] for r in rows.of(section="files")}):
        scp, ours = (rows.of(section="files", kind=kind, engine=e) for e in ("scp", "kprov"))
        share = med(scp, "wall") / med(ours, "wall")
        yield f"{ours[0]['mb']} MB ({kind}) to {ours[0]['hosts']} hosts, of scp's throughput", "at least 0.90x", f"{share:.2f}x", share >= 0.9


def started(rows):
    of = first.figures(rows)
    if of:
        times = of["version"] / of["node"]
        yield "`kprov --version`, of `node -e 0`", "at most 1.5x", f"{times:.2f}x", times <= 1.5
        yield f"`kprov up` on {first.HOSTS} hosts, its own time before the first packet", "at most 150 ms", f"{of['own']:.0f} ms", of["own"] <= 150


def table(rows):
    hosts = max((r["hosts"] for r in rows.of(section="compare")), default=0)
    found = [*ratios(rows, hosts), *far(rows), *many(rows), *started(rows), *sent(rows)]
    if not found:
        return
    yield "\n# What is to hold\n"
    yield "| what | target | measured | |"
    yield "| --- | --- | --- | --- |"
    for what, target, measured, holds in found:
        yield f"| {what} | {target} | {measured} | {'holds' if holds else '**missed**'} |"
