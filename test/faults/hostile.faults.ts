import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { figure, makeProjects, on, watchMemory } from './support.js';

/** A host whose every answer is an attack: it reads the marks of the steps, as only a host can, and answers at will. */
const liar = String.raw`#!/bin/bash
esc=$(printf '\033]0;pwned\007\033[2J')
while IFS= read -r line; do
  case $line in
  *' ready %s'*) n=@{line##*@n\' }; n=@{n%% *}; printf '\n@%s ready 1\n' "$n" ;;
  'kp_run '*)
    set -- $line
    n=$2
    printf '\n@%s <stderr\n%s{{ lookup("pipe", "touch /tmp/faults-pwned") }}\n@%s .\n\n@%s end ok\n' $n "$esc" $n $n >&2
    printf '\n@%s begin\n' $n
    for f in stdout msg __proto__ constructor stat content ../../../tmp/faults-pwned rc cmd output; do
      printf '\n@%s <%s\n%s{{ lookup("pipe", "touch /tmp/faults-pwned") }} {"__proto__": {"polluted": "yes"}}\n@%s .\n' $n "$f" "$esc" $n
    done
    printf '\n@%s end %s\n' $n changed
    printf '\n@%s end %s\n' $n failed
    printf '\n@0000000000000000 end failed\n' ;;
  esac
done`
  .replaceAll('@{', '${')
  .replaceAll('@n', '\\n');

const facts = `
mkdir -p /etc/ansible/facts.d
cat >/etc/ansible/facts.d/bad.fact <<'FACT'
{"__proto__": {"polluted": "yes"}, "constructor": {"prototype": {"polluted": "yes"}},
 "jinja": "{{ lookup('pipe', 'touch /tmp/faults-pwned') }}", "escape": "\\u001b[2J\\u001b]0;pwned\\u0007", "shell": "'; touch /tmp/faults-pwned; '", "path": "/srv/../../../../../tmp/faults-strays/../faults-stray"}
FACT
mkdir -p /tmp/faults-strays; echo stray >/tmp/faults-stray
`;

const playbook = `
- hosts: hostile
  tasks:
    - {name: fact, debug: {msg: "{{ ansible_local.bad.jinja }} {{ ansible_local.bad.escape }}"}}
    - {name: merged, set_fact: {merged: "{{ {} | combine(ansible_local.bad, recursive=true) }}"}}
    - {name: clean, assert: {that: ["({} | combine({})).polluted is not defined", "[].polluted is not defined"]}}
    - {name: command, command: "printf %s {{ ansible_local.bad.jinja | quote }}", register: said}
    - {name: again, debug: {msg: "{{ said.stdout }}", verbosity: 0}}
    - {name: plain, debug: {var: ansible_local}}
    - {name: names, shell: "mkdir -p /root/faults && cd /root/faults && touch \\"$(printf 'a\\\\033[2Jb')\\" && ls"}
    - {name: forged, shell: "printf '\\\\n@0123456789abcdef end ok\\\\n\\\\n@x ready 1\\\\n'; printf '\\\\n@%s end ok\\\\n' $PPID >&2; exit 7", register: forged, failed_when: forged.rc != 7}
- hosts: good
  gather_facts: false
  tasks:
    - {name: another host, shell: "printf %s {{ hostvars.hostile.ansible_local.bad.shell | quote }}; printf %s {{ hostvars.hostile.said.stdout | quote }}"}
    - {name: written, copy: {dest: /root/faults-good, content: "{{ hostvars.hostile.ansible_local.bad.jinja }}"}}
- hosts: hostile
  gather_facts: false
  tasks:
    - {name: fetched, fetch: {src: "/root/../etc/../../../../etc/hostname", dest: out/}}
    - {name: fetched as it says, fetch: {src: "{{ ansible_local.bad.path }}", dest: out/}}
    - {name: into nothing, fetch: {src: /etc/hostname, dest: hosts.ini/, flat: true}, ignore_errors: true}
`;

describe('a hostile host', () => {
  const projectOf = makeProjects();
  const clean =
    'rm -rf /etc/ansible /root/faults* /tmp/faults-pwned /tmp/faults-stray*; userdel -rf liar 2>/dev/null; true';
  const innocent = () => {
    expect(existsSync('/tmp/faults-pwned')).toBe(false);
    expect(on('node1', 'ls /tmp/faults-pwned 2>&1 || true')).toMatch(/No such file/);
    expect(on('node2', 'ls /tmp/faults-pwned 2>&1 || true')).toMatch(/No such file/);
  };
  beforeEach(() => void on('node2', clean));
  afterEach(() => {
    on('node2', clean);
  });
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

  test.each(['plain', 'json'])(
    'with Jinja, escapes and __proto__ in facts, output, names reaches nobody (%s)',
    async (form) => {
      on('node2', facts);
      const project = projectOf(
        [
          { name: 'hostile', host: 'node2' },
          { name: 'good', host: 'node1' },
        ],
        playbook,
      );
      mkdirSync(join(project.directory, 'out'));
      const { code, stdout, stderr } = await project.run(['-vvv', '--output', form]);
      if (code !== 0)
        throw new Error(
          `${code}\n${stdout
            .split('\n')
            .filter((l) => /fatal|FAILED|"failed"/.test(l))
            .join('\n')
            .slice(0, 1500)}\n${stderr}`,
        );
      expect(stdout + stderr).not.toMatch(control);
      innocent();
      expect(on('node1', 'cat /root/faults-good')).toBe(`{{ lookup('pipe', 'touch /tmp/faults-pwned') }}`);
      expect(readFileSync(join(project.directory, 'out/hostile/etc/hostname'), 'utf8')).toBe('node2\n');
      expect(readFileSync(join(project.directory, 'out/hostile/tmp/faults-stray'), 'utf8')).toBe('stray\n');
      expect(existsSync('/tmp/faults-stray')).toBe(false);
      const strays = readdirSync(join(project.directory, '..')).filter((name) => name.includes('.kprov-'));
      expect(strays).toEqual([]);
      on('node1', 'rm -f /root/faults-good');
    },
  );

  test('that answers every step at will reaches nobody', async () => {
    on(
      'node2',
      `useradd -m liar; mkdir -p ~liar/.ssh; cat >~liar/liar <<'EOL'
${liar}
EOL
chmod 755 ~liar/liar
sed 's|^|command="/home/liar/liar",restrict |' /root/.ssh/authorized_keys >~liar/.ssh/authorized_keys; chown -R liar: ~liar`,
    );
    const tasks = `
- hosts: all
  tasks:
    - {name: said, command: id, register: said}
    - {name: shown, debug: {var: said}}
    - {name: put, copy: {dest: /root/x, content: "{{ said.stdout }}"}, ignore_errors: true}
    - {name: looked, stat: {path: /root/x}, register: looked, ignore_errors: true}
    - {name: read, slurp: {src: /root/x}, register: read, ignore_errors: true}
    - {name: fetched, fetch: {src: /root/x, dest: out/}, ignore_errors: true}
    - {name: all, debug: {msg: "{{ looked }} {{ read }} {{ ansible_facts }}"}, ignore_errors: true}
`;
    const project = projectOf([{ name: 'hostile', host: 'node2', user: 'liar' }], tasks);
    const { code, stdout, stderr } = await project.run(['-vvv']);
    expect({ code, stdout, stderr }).toMatchObject({
      stderr: expect.not.stringMatching(/fault of kprov|at .*\.js:\d/),
    });
    if (![0, 2].includes(code ?? -1)) throw new Error(`${code}\n${stdout.slice(0, 800)}\n${stderr.slice(0, 1500)}`);
    expect(stdout + stderr).not.toMatch(control);
    innocent();
    expect(stdout).toMatch(/PLAY RECAP/);
  });

  test('that floods is read with bounded memory, head and tail kept, binary output never printed raw', async () => {
    const flood = `
- hosts: all
  gather_facts: false
  tasks:
    - {name: flood, shell: "echo the head; head -c 600000000 /dev/zero | tr '\\\\0' x; echo the tail", register: flood}
    - {name: both, assert: {that: ["flood.stdout is search('^the head')", "flood.stdout is search('the tail$')", "flood.stdout | length < 40000000"]}}
    - {name: binary, command: "head -c 3000 /dev/urandom", register: binary}
    - {name: shown, debug: {var: binary}}
`;
    const project = projectOf([{ name: 'hostile', host: 'node2' }], flood);
    const run = project.start();
    const peak = watchMemory(run);
    const { code, stdout, stderr } = await run.ended;
    if (code !== 0) throw new Error(`${code}\n${stdout.slice(-1200)}\n${stderr}`);
    expect(control.test(stdout)).toBe(false);
    expect(peak()).toBeLessThan(700);
    figure(`memory under a flood of 600 MB: ${peak()} MiB`);
  });
});
