"""What it takes to read a large folder of playbooks: 2,000 tasks in roles, 1,000 hosts with their variables, no connection."""
import os, shutil
from compare import kprov
from lab import OUT, STATE, Failed, hosts_sh, line, measure, median

HOSTS, ROLES, TASKS_PER_ROLE = 1000, 20, 100
TASKS = ("copy: {{content: \"{{{{ {role}_text }}}} {n}\", dest: /etc/{role}/{n}, mode: \"0644\"}}\n  notify: restart {role}",
         "template: {{src: t.j2, dest: \"/etc/{role}/{{{{ item }}}}\"}}\n  loop: \"{{{{ {role}_list }}}}\"\n  when: site_region == 'r{n}'",
         "lineinfile: path=/etc/{role}.conf regexp='^n{n}=' line='n{n}={{{{ {role}_text }}}}'\n  become: yes",
         "command: /usr/bin/{role} --step {n}\n  args: {{creates: /var/lib/{role}/{n}}}\n  register: {role}_{n}\n  tags: [slow, t{n}]")


def put(folder, path, text):
    path = os.path.join(folder, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def make(folder, hosts, roles):
    """Writes the files: roles of which each imports the second half of its tasks, groups, a file for every tenth host."""
    shutil.rmtree(folder, ignore_errors=True)
    for r in range(roles):
        role = f"role{r:02d}"
        tasks = [f"- name: step {n} of {role}\n  {TASKS[n % len(TASKS)].format(role=role, n=n)}\n" for n in range(TASKS_PER_ROLE)]
        half = TASKS_PER_ROLE // 2
        put(folder, f"roles/{role}/tasks/main.yml", "---\n" + "".join(tasks[:half]) + "- import_tasks: more.yml\n")
        put(folder, f"roles/{role}/tasks/more.yml", "---\n" + "".join(tasks[half:]))
        put(folder, f"roles/{role}/handlers/main.yml", f"- name: restart {role}\n  service: name={role} state=restarted\n")
        put(folder, f"roles/{role}/defaults/main.yml", f"{role}_text: of {role}\n{role}_list: [one, two, three]\n")
        put(folder, f"roles/{role}/templates/t.j2", "{{ inventory_hostname }}\n")
    plays = [f"- hosts: {group}\n  become: yes\n  roles: [{', '.join(f'role{r:02d}' for r in range(roles) if r % 2 == k)}]\n"
             for k, group in enumerate(("web", "db"))]
    put(folder, "site.yml", "---\n" + "".join(plays))
    of = lambda k: "".join(f"h{i:04d} ansible_host=10.0.{i // 250}.{i % 250 + 1} rack={i % 40} weight={i}\n" for i in range(hosts) if i % 2 == k)
    put(folder, "hosts.ini", f"[web]\n{of(0)}\n[db]\n{of(1)}\n[all:vars]\nansible_user=admin\n")
    put(folder, "group_vars/all.yml", "site_region: r1\nsite_names: [a, b]\n" + "".join(f"site_{n}: \"{{{{ site_region }}}}-{n}\"\n" for n in range(200)))
    for group in ("web", "db"):
        put(folder, f"group_vars/{group}.yml", f"kind: {group}\n")
    for i in range(0, hosts, 10):
        put(folder, f"host_vars/h{i:04d}.yml", f"serial_number: {i * 7919}\nnote: host {i}\n")


def run(rows, a):
    if not shutil.which("ansible-playbook"):
        return
    hosts, roles, reps = (200, 4, 1) if a.quick else (HOSTS, ROLES, 3)
    if not os.path.exists(f"{STATE}/hosts"):
        hosts_sh("up", 1)
    folder = f"{STATE}/load"
    make(folder, hosts, roles)
    args = ["-i", f"{folder}/hosts.ini", f"{folder}/site.yml", "--list-tasks"]
    commands = {"kprov": [*kprov()[:2], "playbook", *args], "ansible": ["ansible-playbook", *args]}
    for rep in range(reps):
        for name, command in commands.items():
            key = dict(section="load", by=name, hosts=hosts, tasks=roles * TASKS_PER_ROLE, rep=rep)
            if rows.of(**key) or not rows.has_time(f"--list-tasks by {name}", 10):
                continue
            r = measure(f"--list-tasks by {name}", command, {"ANSIBLE_NOCOLOR": "1"}, counts_processes=False)
            listed = open(OUT).read().count(": step ")
            if listed != roles * TASKS_PER_ROLE:
                raise Failed(f"{name} listed {listed} tasks\n" + open(OUT).read()[-2000:])
            rows.add(r, **key)
            line(f"--list-tasks of {roles * TASKS_PER_ROLE} tasks, {hosts} hosts, by {name}", r)


def table(rows):
    found = rows.of(section="load")
    if not found:
        return
    of = lambda name, field: median([r[field] for r in found if r["by"] == name])
    yield "\n## Loading\n"
    yield (f"`--list-tasks` of a playbook with {found[0]['tasks']} tasks in roles, over an inventory of {found[0]['hosts']} hosts "
           "with files of variables; the same files for both.\n")
    yield "| by | s | CPU s | MB |"
    yield "| --- | --- | --- | --- |"
    for name, program in (("kprov", "kprov playbook"), ("ansible", "ansible-playbook")):
        yield f"| `{program}` | {of(name, 'wall'):.2f} | {of(name, 'ctl_cpu'):.2f} | {of(name, 'peak_mb'):.0f} |"
    if of("kprov", "wall") and of("ansible", "wall"):
        yield (f"\nkprov takes {of('kprov', 'wall') / of('ansible', 'wall'):.2f} of Ansible's time: Ansible takes "
               f"{of('ansible', 'wall') / of('kprov', 'wall'):.1f}x as long.")
