"""The 20-task node preparation: kprov, the floors, and the rivals that are installed."""
import glob, os, re, shlex, shutil, subprocess
from lab import HERE, HOSTS_SH, INI, OUT, ROOT, STATE, Failed, can_delay, hosts_sh, line, measure, median, say

PLAY = os.path.join(HERE, "play", "site.yml")
NOISE = float(os.environ.get("KPB_NOISE", "0.08"))
# Seconds of one pair of runs at 10 and at 50 hosts on two cores: to know what fits in, until it has been measured.
ROUGHLY = {"ansible": (85, 380), "ansible-pipe": (70, 345), "mitogen": (24, 95), "pyinfra": (14, 45)}
# So slow that the second repeat of them comes after everything else.
SLOW = ["ansible-pipe", "ansible"]
# Further repeats of rivals are of run 2 alone. This makes the state for that, as quickly as can be.
MAKER = "floor-ssh2-tuned"
PYINFRA = os.environ.get("KPB_PYINFRA") or shutil.which("pyinfra") or "/opt/kprov-bench/pyinfra/bin/pyinfra"


def kprov():
    return shlex.split(os.environ.get("KPB_KPROV", f"node {ROOT}/dist/cli/main.js up --output plain"))


def ansible(**extra):
    env = {
        "ANSIBLE_FORKS": "50", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_LOCAL_TEMP": f"{STATE}/ansible-tmp", "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{STATE}/cp",
        "ANSIBLE_CONFIG": f"{STATE}/ansible.cfg", **extra,
    }
    return [["ansible-playbook", "-i", INI, PLAY], env]


def engines():
    ssh2 = {"NODE_PATH": f"{ROOT}/node_modules"}
    e = {
        "kprov": [kprov() + ["-i", INI, PLAY], {}],
        "floor-ssh2-tuned": [["node", f"{HERE}/floor/ssh2-floor.cjs", "script", "tuned"], ssh2],
        "floor-ssh2": [["node", f"{HERE}/floor/ssh2-floor.cjs", "script"], ssh2],
        "floor-ssh2-noop": [["node", f"{HERE}/floor/ssh2-floor.cjs", "noop", "tuned"], ssh2],
        "floor-ssh": [[f"{HERE}/floor/floor.sh", "script"], {}],
    }
    if shutil.which(PYINFRA):
        e["pyinfra"] = [[PYINFRA, "-y", f"{HERE}/pyinfra/inventory.py", f"{HERE}/pyinfra/deploy.py"], {"KPB_HERE": HERE}]
    if shutil.which("ansible-playbook"):
        if glob.glob("/usr/lib/python3/dist-packages/ansible_mitogen"):
            e["mitogen"] = ansible(ANSIBLE_STRATEGY="mitogen_linear")
        e["ansible-pipe"] = ansible(ANSIBLE_PIPELINING="1")
        e["ansible"] = ansible()
    return e


def changed(engine):
    if engine.startswith("floor"):
        p = f"{STATE}/floor.out"
        if "noop" in engine or not os.path.exists(p):
            return None
        lines = open(p).read().splitlines()
        if not all("steps=20" in l for l in lines):
            raise Failed(f"{engine}: {lines}")
        return sum(int(re.search(r"changed=(\d+)", l)[1]) for l in lines)
    text = open(OUT).read()
    if engine == "pyinfra":
        return None
    if re.search(r"(unreachable|failed)=[1-9]", text):
        raise Failed(f"{engine}: {text[-2000:]}")
    return sum(int(x) for x in re.findall(r"changed=(\d+)", text))


def once(engine, cmd, env):
    for p in glob.glob(f"{STATE}/floor.out"):
        os.unlink(p)
    if engine.startswith("floor-ssh2"):  # the shell floor expands the script
        subprocess.run([f"{HERE}/floor/floor.sh", "expand"], check=True)
    os.makedirs(f"{STATE}/cp", exist_ok=True)
    open(f"{STATE}/ansible.cfg", "w").close()
    return {**measure(engine, cmd, env), "changed": changed(engine)}


def digest(n):
    out = set()
    for name in [f"n{i:03d}" for i in sorted({1, n})]:
        r = subprocess.run([HOSTS_SH, "on", name, "sh", "-s"], stdin=open(f"{HERE}/check.sh"), capture_output=True, text=True)
        out.add(f"{name}:{r.stdout.strip()}")
    return sorted(out)


def estimate(rows, engine, n, numbers):
    """Seconds of those runs and their fresh hosts: as measured before with about as many, or roughly."""
    known = [r["wall"] for r in rows.of(section="compare", engine=engine, hosts=n)]
    few, many = ROUGHLY.get(engine, (4, 14))
    guess = few + (many - few) * (n - 10) / 40 if n >= 10 else few * n / 10
    return (len(numbers) * median(known) if known else guess) + 2 + n / 5


def runs_of(engine, rep):
    """The runs that a repeat is of."""
    return [2] if engine in ROUGHLY and rep > 0 else [1, 2]


def repeat(rows, engine, n, delay, rep, tries):
    """Run 1 on fresh hosts and run 2, or run 2 where another engine has made the state; again where other work disturbed them."""
    table, numbers = engines(), runs_of(engine, rep)
    for _ in range(tries):
        hosts_sh("up", n, int(delay))
        if 1 not in numbers:
            once(MAKER, *table[MAKER])
        measured = [once(engine, *table[engine]) for _ in numbers]
        noise = max(r["foreign"] for r in measured)
        if noise <= NOISE:
            break
    if numbers == [2] and measured[0]["changed"]:
        raise Failed(f"{engine}: run 2 has changed {measured[0]['changed']} things that {MAKER} had made")
    state = digest(n) if "noop" not in engine else None
    for k, r in zip(numbers, measured):
        rows.add(r, section="compare", engine=engine, hosts=n, rtt_ms=2 * delay, rep=rep, run=k, state=state, noisy=noise > NOISE)
        line(f"rtt {2 * delay:g} n {n} {engine} run{k} changed {r['changed']}", r)


def plan(a, names):
    """
    What is measured in which order: (stage, repeat, is it an aside, one-way delay, hosts, engine). Stage 1 is what is asked
    for most: all engines with as many hosts as there are and no delay, and kprov and the floors everywhere. Stage 2 is the
    rivals in the other rows. Stage 3 is the rest of the repeats.
    """
    most = max(a.hosts)
    for rep in range(a.reps):
        for delay in a.delays:
            for n in sorted(a.hosts, reverse=True):
                for name in names:
                    if name in ROUGHLY and (n > a.rival_hosts or (delay > 0 and n > a.rival_delayed_hosts)):
                        continue
                    is_main, is_rival = n == most and delay == min(a.delays), name in ROUGHLY
                    is_late = (rep > 0 and (name in SLOW or (is_rival and not is_main))) or (a.quick and is_rival)
                    yield (3 if is_late else 2 if is_rival and not is_main else 1), rep, not is_main, delay, n, name


def run(rows, a, names, stage):
    """Measures what a stage is to have and what is not there yet."""
    table = engines()
    for name in names:
        if name not in table and stage == 1:
            say(f"skip {name}: not here (test/bench/rivals.sh installs the rivals)")
    for at, rep, _, d, n, name in sorted(plan(a, names), key=lambda job: job[:3]):
        if at != stage or name not in table or (d > 0 and not can_delay()):
            continue
        if len(rows.of(section="compare", engine=name, hosts=n, rtt_ms=2 * d, rep=rep)) == len(runs_of(name, rep)):
            continue
        if rows.has_time(f"{name}, {n} hosts, {2 * d:g} ms, repeat {rep + 1}", estimate(rows, name, n, runs_of(name, rep))):
            repeat(rows, name, n, d, rep, 1 if name in ROUGHLY else a.tries)
