"""Round trips of a run: what it takes longer with a long way than with none, in units of that way."""
import json
from compare import kprov
from lab import INI, STATE, can_delay, hosts_sh, median, measure, say

RTT_S = 0.2
INDEPENDENT = {"command": "true", "changed_when": False}


def chain(count):
    """Each task needs what the one before has answered."""
    first = [{"command": "echo 1", "register": "r0", "changed_when": False}]
    rest = [{"command": f"echo {{{{ r{i}.stdout }}}}", "register": f"r{i + 1}", "changed_when": False} for i in range(count - 1)]
    return first + rest


def mixed(count, every):
    return [step for i in range(count // every) for step in [*[INDEPENDENT] * (every - 2), *chain(2)]]


PLAYS = {
    "2 tasks, none needs another": [INDEPENDENT] * 2,
    "20 tasks, none needs another": [INDEPENDENT] * 20,
    "20 tasks, 4 need the one before": mixed(20, 5),
    "2 tasks, each needs the one before": chain(2),
    "20 tasks, each needs the one before": chain(20),
}


def run(rows, a):
    reps = 1 if a.quick else a.reps
    plays = dict(list(PLAYS.items())[:2]) if a.quick else PLAYS
    for delay in (0, int(RTT_S * 500)) if can_delay() else ():
        missing = [
            (name, tasks, rep)
            for rep in range(reps)
            for name, tasks in plays.items()
            if not rows.of(section="trips", play=name, delay=delay, rep=rep)
        ]
        if not missing or not rows.has_time("round trips", 4 * len(missing)):
            continue
        hosts_sh("up", 1, delay)
        for name, tasks, rep in missing:
            play = f"{STATE}/trips.json"
            with open(play, "w") as f:
                json.dump([{"hosts": "nodes", "gather_facts": False, "tasks": tasks}], f)
            r = measure(name, kprov() + ["-i", INI, play])
            rows.add(r, section="trips", play=name, delay=delay, rep=rep)
            say(f"{name}, round trip {2 * delay} ms: {r['wall']:.2f}s packets {r['packets']}")


def table(rows):
    found = rows.of(section="trips")
    if not found:
        return
    yield "\n## Round trips of a run\n"
    yield (f"One host. Time with {RTT_S * 1000:.0f} ms of way there and back, less the time without, divided by it. Dialling, handshake and "
           "login are in it, and what TCP's slow start waits for: twenty tasks are 40 kB, two 21 kB, and its first window is 14.\n")
    yield "| playbook | s without | s with | round trips |"
    yield "| --- | --- | --- | --- |"
    for name in PLAYS:
        walls = {d: [r["wall"] for r in found if r["play"] == name and (r["delay"] > 0) == d] for d in (False, True)}
        if walls[False] and walls[True]:
            near, far = median(walls[False]), median(walls[True])
            yield f"| {name} | {near:.2f} | {far:.2f} | {(far - near) / RTT_S:.1f} |"
