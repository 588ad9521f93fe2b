#!/usr/bin/env python3
"""Times kprov, its rivals and the floors on the same 20-task node preparation; needs root. See README.md.

  npm run bench                 the whole comparison; writes docs/benchmarks.md
  npm run bench -- --quick      under two minutes, for a look; writes nothing but its table
  bench.py [--engines a,b] [--hosts 10,50] [--delays 0,25] [--reps 3] [--rows FILE] [--table-only]

Every run is cold: fresh hosts, then run 1 (makes the state) and run 2 (changes nothing), each with no open connection.
The control side runs in a pid namespace of its own, so nothing it leaves behind (ssh masters) survives a run.

Per run it records wall time; CPU of the control side and of the hosts, from two cgroups; the peak of anonymous memory
of the control side; processes and threads started, on the control side and per host (the last pid of each pid
namespace); bytes and packets on the wire; and the share of the machine that other work took, by which noisy runs are
repeated. An engine that is not installed is skipped. Its environment: KPB_PYINFRA (the pyinfra command), KPB_KPROV (the
kprov command), KPB_NOISE (share of other work above which a run is repeated), KPB_STATE and KPB_NETNS (another set of
hosts beside the first).
"""
import argparse, datetime, glob, json, os, re, shlex, shutil, signal, statistics, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DOCS = os.path.join(ROOT, "docs", "benchmarks.md")
STATE = os.environ.setdefault("KPB_STATE", "/run/kprov-bench")
HOSTS_SH = os.path.join(HERE, "hosts.sh")
PLAY = os.path.join(HERE, "play", "site.yml")
INI = os.path.join(STATE, "hosts.ini")
NOISE = float(os.environ.get("KPB_NOISE", "0.08"))


class Group:
    """CPU and memory of a set of processes, by cgroup v1 or v2.

    The control side and all hosts together get the same share of the processor,
    KPB_WEIGHT times that of other work on the machine: else each host's sessions
    would compete with the control side one by one, which no real host does.
    """

    def __init__(self, name):
        base, weight = "/sys/fs/cgroup", float(os.environ.get("KPB_WEIGHT", "4"))
        self.v2 = os.path.exists(f"{base}/cgroup.controllers")
        if self.v2:
            with open(f"{base}/cgroup.subtree_control", "w") as f:
                f.write("+cpu +memory")
            self.cpu = self.mem = share = f"{base}/{name}"
        else:
            self.cpu, self.mem, share = (f"{base}/{c}/{name}" for c in ("cpuacct", "memory", "cpu"))
        self.dirs = sorted({self.cpu, self.mem, share})
        for d in self.dirs:
            os.makedirs(d, exist_ok=True)
        with open(f"{share}/cpu.weight" if self.v2 else f"{share}/cpu.shares", "w") as f:
            f.write(str(int(weight * (100 if self.v2 else 1024))))

    def procs(self):
        return [f"{d}/cgroup.procs" for d in self.dirs]

    def cpu_s(self):
        if self.v2:
            return int(re.search(r"usage_usec (\d+)", open(f"{self.cpu}/cpu.stat").read())[1]) / 1e6
        return int(open(f"{self.cpu}/cpuacct.usage").read()) / 1e9

    def anon(self):
        key = "anon" if self.v2 else "total_rss"
        for line in open(f"{self.mem}/memory.stat"):
            k, v = line.split()
            if k == key:
                return int(v)
        return 0


CTL, HOSTS = Group("kpb-ctl"), Group("kpb-hosts")


def hosts_sh(*args, **kw):
    env = dict(os.environ, KPB_HOSTS_CGROUP_PROCS=" ".join(HOSTS.procs()))
    return subprocess.run([HOSTS_SH, *map(str, args)], env=env, check=True, **kw)


def ansible(**extra):
    env = {
        "ANSIBLE_FORKS": "50", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0",
        "ANSIBLE_LOCAL_TEMP": f"{STATE}/ansible-tmp", "ANSIBLE_SSH_CONTROL_PATH_DIR": f"{STATE}/cp",
        "ANSIBLE_CONFIG": f"{STATE}/ansible.cfg", **extra,
    }
    return [["ansible-playbook", "-i", INI, PLAY], env]


def engines():
    kprov = shlex.split(os.environ.get("KPB_KPROV", f"node {ROOT}/dist/cli/main.js up --output plain"))
    ssh2 = {"NODE_PATH": f"{ROOT}/node_modules"}
    e = {
        "kprov": [kprov + ["-i", INI, PLAY], {}],
        "floor-ssh2-tuned": [["node", f"{HERE}/floor/ssh2-floor.cjs", "script", "tuned"], ssh2],
        "floor-ssh2": [["node", f"{HERE}/floor/ssh2-floor.cjs", "script"], ssh2],
        "floor-ssh2-noop": [["node", f"{HERE}/floor/ssh2-floor.cjs", "noop", "tuned"], ssh2],
        "floor-ssh": [[f"{HERE}/floor/floor.sh", "script"], {}],
    }
    pyinfra = os.environ.get("KPB_PYINFRA", "pyinfra")
    if shutil.which(pyinfra):
        e["pyinfra"] = [[pyinfra, "-y", f"{HERE}/pyinfra/inventory.py", f"{HERE}/pyinfra/deploy.py"], {"KPB_HERE": HERE}]
    if shutil.which("ansible-playbook"):
        if glob.glob("/usr/lib/python3/dist-packages/ansible_mitogen"):
            e["mitogen"] = ansible(ANSIBLE_STRATEGY="mitogen_linear")
        e["ansible-pipe"] = ansible(ANSIBLE_PIPELINING="1")
        e["ansible"] = ansible()
    return e


def machine_busy():
    v = [int(x) for x in open("/proc/stat").readline().split()[1:9]]
    return (sum(v) - v[3] - v[4]) / os.sysconf("SC_CLK_TCK")


def netns_dev():
    out = subprocess.run([HOSTS_SH, "ctl", "cat", "/proc/self/net/dev"], capture_output=True, text=True).stdout
    f = re.search(r"lo:\s*(.*)", out)[1].split()
    return int(f[0]), int(f[1])


def host_pids():
    """Processes and threads ever started in each host's pid namespace."""
    out = []
    for f in sorted(glob.glob(f"{STATE}/pid/*")):
        p = open(f).read().strip()
        child = open(f"/proc/{p}/task/{p}/children").read().split()[0]
        r = subprocess.run(["nsenter", "-t", child, "-p", "sh", "-c", "echo $$"], capture_output=True, text=True)
        out.append(int(r.stdout))
    return out


def changed(engine):
    if engine.startswith("floor"):
        p = f"{STATE}/floor.out"
        if "noop" in engine or not os.path.exists(p):
            return None
        lines = open(p).read().splitlines()
        assert all("steps=20" in l for l in lines), lines
        return sum(int(re.search(r"changed=(\d+)", l)[1]) for l in lines)
    text = open(f"{STATE}/out").read()
    if engine == "pyinfra":
        return None
    assert not re.search(r"(unreachable|failed)=[1-9]", text), text[-2000:]
    return sum(int(x) for x in re.findall(r"changed=(\d+)", text))


def measure(engine, cmd, env):
    for p in glob.glob(f"{STATE}/floor.out"):
        os.unlink(p)
    if engine.startswith("floor-ssh2"):  # the shell floor expands the script
        subprocess.run([f"{HERE}/floor/floor.sh", "expand"], check=True)
    os.makedirs(f"{STATE}/cp", exist_ok=True)
    open(f"{STATE}/ansible.cfg", "w").close()
    full = ["nsenter", f"--net=/run/netns/{os.environ.get('KPB_NETNS', 'kpb')}", "--",
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
            "sh", "-c", f'"$@" >{STATE}/out 2>&1 </dev/null; s=$?; sh -c "echo \\$\\$" >{STATE}/ctl.pids; exit $s', "sh", *cmd]
    peak, stop = [0], threading.Event()

    def sample():
        while not stop.is_set():
            peak[0] = max(peak[0], CTL.anon())
            stop.wait(0.05)

    def enter():
        for p in CTL.procs():
            open(p, "w").write("0")

    pids0, net0 = host_pids(), netns_dev()
    t = threading.Thread(target=sample, daemon=True)
    t.start()
    c0, h0, b0, w0 = CTL.cpu_s(), HOSTS.cpu_s(), machine_busy(), time.monotonic()
    r = subprocess.run(full, env={**os.environ, **env}, preexec_fn=enter, timeout=1500)
    w1 = time.monotonic()
    c1, h1, b1 = CTL.cpu_s(), HOSTS.cpu_s(), machine_busy()
    stop.set()
    t.join()
    if r.returncode:
        sys.exit(f"{engine} failed: {r.returncode}\n" + open(f"{STATE}/out").read()[-3000:])
    pids1, net1 = host_pids(), netns_dev()
    wall, cores = w1 - w0, os.cpu_count()
    return {
        "wall": wall, "ctl_cpu": c1 - c0, "hosts_cpu": h1 - h0, "peak_mb": peak[0] / 1e6,
        "ctl_procs": int(open(f"{STATE}/ctl.pids").read()) - 3,
        "host_procs": statistics.median(b - a - 1 for a, b in zip(pids0, pids1)),
        "wire_mb": (net1[0] - net0[0]) / 1e6, "packets": net1[1] - net0[1],
        "foreign": max(0.0, (b1 - b0 - (c1 - c0) - (h1 - h0)) / (wall * cores)),
        "changed": changed(engine),
    }


def digest(n):
    names = [f"n{i:03d}" for i in sorted({1, n})]
    out = set()
    for name in names:
        r = subprocess.run([HOSTS_SH, "on", name, "sh", "-s"], stdin=open(f"{HERE}/check.sh"), capture_output=True, text=True)
        out.add(f"{name}:{r.stdout.strip()}")
    return sorted(out)


def run(a):
    table = engines()
    want = a.engines.split(",") if a.engines else list(table)
    for d in [float(x) for x in a.delays.split(",")]:
        for n in [int(x) for x in a.hosts.split(",")]:
            for rep in range(a.reps):
                for name in want:
                    if name not in table:
                        print(f"skip {name}: not here", flush=True)
                        continue
                    if name.startswith("ansible") and (n > a.ansible_hosts or rep >= a.ansible_reps or (a.quick and d > 0)):
                        continue
                    for attempt in range(a.tries):
                        hosts_sh("up", n, int(d))
                        rows = [measure(name, *table[name]) for _ in (1, 2)]
                        noise = max(r["foreign"] for r in rows)
                        if noise <= NOISE:
                            break
                    state = digest(n) if "noop" not in name else None
                    for k, r in enumerate(rows, 1):
                        r.update(engine=name, hosts=n, rtt_ms=2 * d, rep=rep, run=k, state=state, noisy=noise > NOISE, at=int(time.time()))
                        with open(a.rows, "a") as f:
                            f.write(json.dumps(r) + "\n")
                        print(f"rtt {2*d:g} n {n} {name} run{k}: {r['wall']:.2f}s ctl {r['ctl_cpu']:.2f} hosts {r['hosts_cpu']:.2f} "
                              f"mem {r['peak_mb']:.0f} procs {r['ctl_procs']}/{r['host_procs']:g} pk {r['packets']} "
                              f"foreign {r['foreign']:.0%} changed {r['changed']}", flush=True)
    hosts_sh("down")


def version(*command):
    if not shutil.which(command[0]):
        return None
    out = subprocess.run(command, capture_output=True, text=True)
    return (out.stdout or out.stderr).splitlines()[0].strip()


def machine():
    cpu = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo").read())
    memory = int(open("/proc/meminfo").readline().split()[1]) / 2**20
    found = [version("node", "--version"), version("ssh", "-V"), version("ansible", "--version"), version("pyinfra", "--version")]
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    return [
        f"{os.cpu_count()} cores ({cpu[1] if cpu else 'unknown'}), {memory:.0f} GiB, Linux {os.uname().release}",
        f"kprov at {commit}; " + "; ".join(f for f in found if f),
        f"{datetime.date.today().isoformat()}",
    ]


def med(rows, field):
    return statistics.median([r[field] for r in rows])


def tables(rows):
    for rtt, n in sorted({(r["rtt_ms"], r["hosts"]) for r in rows}, key=lambda k: (k[1], k[0])):
        here = [r for r in rows if r["rtt_ms"] == rtt and r["hosts"] == n]
        of = {e: {k: [r for r in here if r["engine"] == e and r["run"] == k] for k in (1, 2)} for e in {r["engine"] for r in here}}
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
    states = {}
    for r in rows:
        for s in r["state"] or []:
            states.setdefault((s.split(":")[0], r["hosts"]), set()).add(s.split(":")[1])
    bad = {k: v for k, v in states.items() if len(v) > 1}
    yield "\nEnd state of the hosts: " + ("the same for every engine." if not bad else f"DIFFERS: {bad}")
    if any(r["noisy"] for r in rows):
        yield f"\n\\* some runs had more than {NOISE:.0%} of the machine taken by other work, even when repeated."


HEAD = """# Benchmarks

Written by `npm run bench` (as root; Debian packages: ansible-core ansible-mitogen iproute2 openssh-server iptables gcc
libc6-dev libnetfilter-queue-dev libmnl-dev; what is missing is left out). `npm run bench -- --quick` takes two minutes.

The same 20-task node preparation (`test/bench/play/site.yml`) against real `sshd` hosts on one machine, all in a network
namespace of their own. Every run is cold: run 1 makes the state on fresh hosts, run 2 changes nothing; no connection is
left open in between. Medians; in brackets the ratio to `floor-ssh2-tuned`. Columns from CPU on are of run 2.

- `floor-ssh`: `ssh host sh -s` with all steps as one script, hosts in parallel
- `floor-ssh2`: the same script from one Node process with bare ssh2; `-tuned` with TCP_NODELAY and without the `none`
  authentication; `-noop` logs in and runs `true`
- Ansible with 50 forks; `-pipe` with pipelining

The hosts share the machine's processors with the control side, which no real fleet does: control CPU and the ratios say
more than wall times.
"""


def write(a):
    rows = [json.loads(line) for line in open(a.rows)]
    text = "\n".join(tables(rows))
    print(text)
    if a.write:
        with open(DOCS, "w") as f:
            f.write(HEAD + "\n" + "\n".join(f"- {line}" for line in machine()) + "\n" + text + "\n")


p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--quick", action="store_true")
p.add_argument("--table-only", action="store_true", help="make the tables of rows that are there")
p.add_argument("--engines", default="")
p.add_argument("--hosts", default="10,50")
p.add_argument("--delays", default="0,25", help="one-way, in ms")
p.add_argument("--reps", type=int, default=3)
p.add_argument("--tries", type=int, default=2, help="repeats of a noisy run")
p.add_argument("--ansible-hosts", type=int, default=50, help="with more hosts than this Ansible is left out")
p.add_argument("--ansible-reps", type=int, default=1)
p.add_argument("--rows", default="/tmp/kprov-bench.jsonl", help="every measurement, one JSON a line")
a = p.parse_args()
a.write = not a.quick
if a.quick:
    a.engines = a.engines or "kprov,floor-ssh2-tuned,floor-ssh,mitogen,ansible-pipe"
    a.hosts, a.delays, a.reps, a.tries, a.ansible_hosts, a.rows = "3,10", "0,25", 1, 1, 3, "/tmp/kprov-bench-quick.jsonl"
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a run in progress is ended too
if not a.table_only:
    if os.path.exists(a.rows):
        os.unlink(a.rows)
    run(a)
write(a)
