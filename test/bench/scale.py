"""Many hosts: a thousand addresses behind four servers that take no more at once than Debian's do, and plans offline."""
import json, os, re
from compare import kprov
from lab import HERE, OUT, STATE, Failed, hosts_sh, line, measure, median

SERVERS = 4
PLAY = """- hosts: nodes
  gather_facts: false
  tasks:
    - copy: {content: "{{ inventory_hostname }} {{ node_index }}\\n", dest: "/var/tmp/{{ inventory_hostname }}", mode: "0600"}
    - command: "cat /var/tmp/{{ inventory_hostname }}"
      register: said
      changed_when: false
    - assert: {that: "said.stdout == inventory_hostname ~ ' ' ~ node_index"}
"""
PLANNED_HOSTS, PLANNED_TASKS = 5000, 200
# Each of these is worked out for each host.
EVALUATED_TASKS = 20


def address(i):
    return f"127.{10 + i // 62500}.{i // 250 % 250}.{i % 250 + 1}"


def inventory(count):
    """Writes inventory and known_hosts; returns the inventory's path."""
    key = " ".join(open(f"{STATE}/keys/host.pub").read().split()[:2])
    with open(f"{STATE}/many.known_hosts", "w") as f:
        f.writelines(f"[{address(i)}]:{2201 + i % SERVERS} {key}\n" for i in range(count))
    path = f"{STATE}/many.ini"
    with open(path, "w") as f:
        f.write("[nodes]\n")
        f.writelines(f"m{i:04d} ansible_host={address(i)} ansible_port={2201 + i % SERVERS} node_index={i}\n" for i in range(count))
        f.write(f"[nodes:vars]\nansible_user=root\nansible_ssh_private_key_file={STATE}/keys/user\n"
                f"ansible_ssh_common_args=-F none -o UserKnownHostsFile={STATE}/many.known_hosts\n")
    return path


def written(name, text):
    path = f"{STATE}/{name}"
    with open(path, "w") as f:
        f.write(text)
    return path


def lagging(name, command):
    lag = f"{STATE}/lag.json"
    env = {"NODE_OPTIONS": f"--import file://{HERE}/lag.mjs", "KPB_LAG": lag}
    r = measure(name, command, env, counts_processes=False, timeout=600)
    figures = json.load(open(lag))
    return {**r, "lag_p99": max(0, figures["p99"]), "lag_max": max(0, figures["max"])}


def connect(rows, a):
    os.environ.update(KPB_LISTEN_ANY="1", KPB_MAX_STARTUPS="10:30:100")
    try:
        for rep in range(1 if a.quick else 2):
            for count in a.scale_hosts:
                key = dict(section="scale", hosts=count, rep=rep)
                if rows.of(**key) or not rows.has_time(f"{count} hosts", 8 + count / 12):
                    continue
                hosts_sh("up", SERVERS)
                r = lagging(f"{count} hosts", kprov() + ["-i", inventory(count), written("scale.yml", PLAY)])
                recap = re.findall(r"^m\d+ .*\bok=3 .*unreachable=0 .*failed=0 ", open(OUT).read(), re.M)
                rows.add({**r, "lost": count - len(recap)}, **key)
                line(f"{count} hosts behind {SERVERS} servers, lost {count - len(recap)}, loop at most {r['lag_max']:.0f} ms", r)
                if len(recap) != count:
                    raise Failed(f"{count - len(recap)} of {count} hosts were lost\n" + open(OUT).read()[-2000:])
    finally:
        for name in ("KPB_LISTEN_ANY", "KPB_MAX_STARTUPS"):
            del os.environ[name]


def plan(rows, a):
    hosts, tasks = (500, 50) if a.quick else (PLANNED_HOSTS, PLANNED_TASKS)
    if not os.path.exists(f"{STATE}/hosts"):
        hosts_sh("up", 1)
    many = written("plan.ini", "[nodes]\n" + "".join(f"p{i:04d} node_index={i}\n" for i in range(hosts)))
    steps = [{"name": f"step {i} of {{{{ inventory_hostname }}}}", "copy": {"content": "{{ node_index }}", "dest": f"/etc/{i}"}} for i in range(tasks)]
    offline = [{"name": f"step {i}", "set_fact": {f"f{i % 10}": "{{ node_index | int + %d }}" % i}} for i in range(min(tasks, EVALUATED_TASKS))]

    def playbook(name, tasks):
        return written(name, json.dumps([{"hosts": "nodes", "gather_facts": False, "tasks": tasks}]))

    program = kprov()[:2]
    commands = {
        "validate": [*program, "validate", "-i", many, playbook("plan.json", steps)],
        "list": [*program, "up", "--list-tasks", "--list-hosts", "-i", many, playbook("plan.json", steps)],
        "evaluate": kprov() + ["-i", many, playbook("offline.json", offline)],
    }
    for name, command in commands.items():
        key = dict(section="plan", what=name, hosts=hosts, tasks=tasks)
        if rows.of(**key) or not rows.has_time(f"plan offline, {name}", 30 if name == "evaluate" else 5):
            continue
        r = lagging(name, command)
        rows.add(r, **key)
        line(f"{hosts} hosts, {tasks} tasks offline: {name}, loop at most {r['lag_max']:.0f} ms", r)


def table(rows):
    found = rows.of(section="scale")
    if found:
        yield "\n## Many hosts\n"
        yield (f"Each host is an address of its own; {SERVERS} servers answer on all of them, with sshd's own limit of logins "
               "under way (MaxStartups 10:30:100). Three tasks: a file, a command that reads it, a check of what it said.\n")
        yield "| hosts | s | ms per host | control CPU s | control MB | event loop busy, p99 ms | at most ms | hosts lost |"
        yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
        for count in sorted({r["hosts"] for r in found}):
            here = [r for r in found if r["hosts"] == count]
            m = lambda f: median([r[f] for r in here])
            yield (f"| {count} | {m('wall'):.1f} | {m('wall') / count * 1000:.0f} | {m('ctl_cpu'):.1f} | {m('peak_mb'):.0f} "
                   f"| {m('lag_p99'):.0f} | {m('lag_max'):.0f} | {max(r['lost'] for r in here)} |")
    plans = rows.of(section="plan")
    if plans:
        says = {"validate": "`kprov validate`", "list": "`kprov up --list-tasks --list-hosts`",
                "evaluate": f"`kprov up` of {EVALUATED_TASKS} `set_fact` tasks, each worked out for each host"}
        yield f"\n{plans[0]['hosts']} hosts, {plans[0]['tasks']} tasks, without a connection:\n"
        yield "| what | s | control MB | event loop busy at most ms |"
        yield "| --- | --- | --- | --- |"
        for r in plans:
            yield f"| {says[r['what']]} | {r['wall']:.1f} | {r['peak_mb']:.0f} | {r['lag_max']:.0f} |"
