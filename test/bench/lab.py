"""The hosts of the benchmark, and what one run of a command costs."""
import functools, glob, os, re, subprocess, sys, threading, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
STATE = os.environ.setdefault("KPB_STATE", "/run/kprov-bench")
NETNS = os.environ.get("KPB_NETNS", "kpb")
HOSTS_SH = os.path.join(HERE, "hosts.sh")
INI = os.path.join(STATE, "hosts.ini")
# What a run leaves behind for whoever asks.
OUT = os.path.join(STATE, "out")


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


# Two benches may run beside each other, each in a namespace of its own.
CTL, HOSTS = Group(f"{NETNS}-ctl"), Group(f"{NETNS}-hosts")


def hosts_sh(*args, **kw):
    env = dict(os.environ, KPB_HOSTS_CGROUP_PROCS=" ".join(HOSTS.procs()))
    return subprocess.run([HOSTS_SH, *map(str, args)], env=env, check=True, **kw)


@functools.cache
def can_delay():
    """Has this machine netem, or what its stand-in is made with?"""
    try:
        hosts_sh("up", 1, 1, stderr=subprocess.DEVNULL)
        return True
    except subprocess.CalledProcessError:
        say("no way to delay packets here: rows with a long way are left out")
        return False


def on_hosts(command):
    """Runs a shell command inside every host, without ssh."""
    for name in [line.split()[0] for line in open(f"{STATE}/hosts")]:
        subprocess.run([HOSTS_SH, "on", name, "sh", "-c", command], check=True)


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


class Failed(Exception):
    """A command of the bench did not end well: a fault, whatever its figures."""


def median(values):
    values = sorted(values)
    n = len(values)
    return (values[n // 2] + values[(n - 1) // 2]) / 2 if n else 0


def measure(name, cmd, env=None, counts_processes=True, timeout=1500):
    """Runs a command as the control machine, cold, and says what it took. Its output is in OUT."""
    full = ["nsenter", f"--net=/run/netns/{NETNS}", "--",
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
            "sh", "-c", f'"$@" >{OUT} 2>&1 </dev/null; s=$?; sh -c "echo \\$\\$" >{STATE}/ctl.pids; exit $s', "sh", *cmd]
    peak, stop = [0], threading.Event()

    def sample():
        while not stop.is_set():
            peak[0] = max(peak[0], CTL.anon())
            stop.wait(0.05)

    def enter():
        for p in CTL.procs():
            open(p, "w").write("0")

    pids0, net0 = host_pids() if counts_processes else [], netns_dev()
    t = threading.Thread(target=sample, daemon=True)
    t.start()
    c0, h0, b0, w0 = CTL.cpu_s(), HOSTS.cpu_s(), machine_busy(), time.monotonic()
    r = subprocess.run(full, env={**os.environ, **(env or {})}, preexec_fn=enter, timeout=timeout)
    w1 = time.monotonic()
    c1, h1, b1 = CTL.cpu_s(), HOSTS.cpu_s(), machine_busy()
    stop.set()
    t.join()
    if r.returncode:
        raise Failed(f"{name} failed: {r.returncode}\n" + open(OUT).read()[-3000:])
    pids1, net1 = host_pids() if counts_processes else [], netns_dev()
    wall, cores = w1 - w0, os.cpu_count()
    return {
        "wall": wall, "ctl_cpu": c1 - c0, "hosts_cpu": h1 - h0, "peak_mb": peak[0] / 1e6,
        "ctl_procs": int(open(f"{STATE}/ctl.pids").read()) - 3,
        "host_procs": median([b - a - 1 for a, b in zip(pids0, pids1)]),
        "wire_mb": (net1[0] - net0[0]) / 1e6, "packets": net1[1] - net0[1],
        "foreign": max(0.0, (b1 - b0 - (c1 - c0) - (h1 - h0)) / (wall * cores)),
    }


def say(text):
    print(text, flush=True)


def line(what, r):
    say(f"{what}: {r['wall']:.2f}s ctl {r['ctl_cpu']:.2f} hosts {r['hosts_cpu']:.2f} mem {r['peak_mb']:.0f} "
        f"procs {r['ctl_procs']}/{r['host_procs']:g} wire {r['wire_mb']:.1f}MB pk {r['packets']} foreign {r['foreign']:.0%}")


if __name__ == "__main__":
    sys.exit("this is part of bench.py")
