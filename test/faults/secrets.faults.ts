import { execFileSync, spawn } from 'node:child_process';
import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { on, Project, until } from './support.js';

/** One canary for each kind of secret; the signs in them come out differently in URLs, shells and JSON. */
const canaries = {
  login: `Login'C4nary "7&x`,
  sudo: `Sud0'C4nary $8&y`,
  passphrase: `P4ssphrase'C4nary "6&w`,
  noLog: `N0log'C4nary "9&z`,
  token: 'c4nary.0123456789abcdef',
  certificateKey: 'c4'.repeat(32),
  urlPassword: `Ur1'C4nary "5&v`,
  hash: '$6$c4nary$C4naryC4naryC4nary',
  vaultPassword: `V4ultPassw0rd'C4nary "3&u`,
  vaulted: `V4ulted'C4nary "4&t`,
} as const;

/** As ansible-vault encrypts it (1.1;AES256). */
function vault(text: string, password: string): string {
  const salt = randomBytes(32);
  const keys = pbkdf2Sync(password, salt, 10_000, 80, 'sha256');
  const cipher = createCipheriv('aes-256-ctr', keys.subarray(0, 32), keys.subarray(64));
  const padding = 16 - (Buffer.byteLength(text) % 16);
  const body = Buffer.concat([
    cipher.update(Buffer.concat([Buffer.from(text), Buffer.alloc(padding, padding)])),
    cipher.final(),
  ]);
  const mac = createHmac('sha256', keys.subarray(32, 64)).update(body).digest('hex');
  const inner = [salt.toString('hex'), mac, body.toString('hex')].join('\n');
  return `$ANSIBLE_VAULT;1.1;AES256\n${(
    Buffer.from(inner)
      .toString('hex')
      .match(/.{1,80}/g) ?? []
  ).join('\n')}\n`;
}

/** As Python has it in URLs. */
const percented = (secret: string) =>
  secret.replace(/[^\w.~-]/g, (sign) => `%${Buffer.from(sign).toString('hex').toUpperCase()}`);

/** As it is, in base64 wherever it begins, in hex, in URLs and forms, between quotes of a shell or of YAML, in JSON. */
function forms(secret: string): string[] {
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.from('\0'.repeat(shift) + secret)
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(shift === 0 ? 0 : shift + 1, -2);
  });
  return [
    secret,
    ...base64,
    Buffer.from(secret).toString('hex'),
    encodeURIComponent(secret),
    percented(secret),
    percented(secret).replaceAll('%20', '+'),
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    secret.replaceAll("'", "''"),
    secret.replace(/[^\w.-]/g, '\\$&'),
    secret.replace(/["$`\\]/g, '\\$&'),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(JSON.stringify(secret).slice(1, -1)).slice(1, -1),
  ];
}
const hits = (place: string, text: string): string[] =>
  Object.entries(canaries).flatMap(([kind, secret]) =>
    forms(secret)
      .filter((form) => text.includes(form))
      .map((form) => `${kind} in ${place} as ${form}`),
  );

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const yaml = (text: string) => JSON.stringify(text);

const encoding = `IFS= read -r x; printf '%q\\n' "$x"; printf 'user:%s and more' "$x" | base64 -w0; set -x; : "$x"`;

/** `word` is a secret that kprov knows by its value; what a command line of a task holds is the user's to hide. */
const playbookWith = (word: string) => `
- hosts: all
  become: true
  vars: {hidden: ${yaml(canaries.noLog)}, word: ${yaml(word)}}
  tasks:
    - {name: written, copy: {dest: /root/canary-target, content: "{{ hidden }}", mode: "0600"}, no_log: true, diff: true}
    - {name: said, shell: {cmd: cat, stdin: "{{ hidden }}"}, no_log: true}
    - {name: failing, shell: {cmd: "tee /dev/stderr; exit 3", stdin: "{{ hidden }}"}, no_log: true, ignore_errors: true}
    - {name: looped, shell: {cmd: cat, stdin: "{{ item }}"}, loop: ["{{ hidden | b64encode }}"], no_log: true}
    - {name: in pieces, shell: {cmd: "head -c 8; sleep 0.5; cat; sleep 0.3; echo", stdin: "{{ word }}"}}
    - {name: encoded, shell: {cmd: "base64 -w0 >&2", stdin: "{{ word }}", stdin_add_newline: false}}
    - {name: encoded on the host, shell: {cmd: ${yaml(encoding)}, stdin: "{{ word }}", executable: /bin/bash}}
    - {name: traced, shell: {cmd: ${yaml('IFS= read -r x; set -x; : "$x"')}, stdin: "{{ word }}", executable: /bin/dash}}
    - {name: encoded here, debug: {msg: ["{{ ('user:' ~ word) | b64encode }}", "{{ word | quote }}", "{{ {'a': word} | urlencode }}", "{{ word | to_json | to_json }}", "{{ word | to_yaml }}", "{{ [word] }}"]}}
    - {name: thrown by a filter, debug: {msg: "{{ word | boom }}"}, ignore_errors: true}
    - {name: delegated, command: id, delegate_to: "{{ word }}", ignore_errors: true, ignore_unreachable: true}
    - {name: steered, meta: "{{ vaulted }}"}
    - {name: "name with {{ word }}", debug: {msg: "{{ word }} and {{ word | urlencode }}"}}
    - {name: user, user: {name: canaryuser, password: ${yaml(canaries.hash)}}}
    - {name: url, get_url: {url: "http://127.0.0.1:9/x", dest: /root/canary-url, url_username: me, url_password: ${yaml(canaries.urlPassword)}}, ignore_errors: true}
    - {name: init, kubeadm_init: {token: ${canaries.token}, certificate_key: ${canaries.certificateKey}, kubernetes_version: 1.28.0}, ignore_errors: true}
    - {name: join, kubeadm_join: {join: {token: ${canaries.token}, certificate_key: ${canaries.certificateKey}, endpoint: "127.0.0.1:6443", ca_cert_hashes: ["sha256:${'ab'.repeat(32)}"]}}, ignore_errors: true}
    - {name: bad argument, user: {name: canaryuser, password: ${yaml(canaries.hash)}, state: "{{ word }}"}, ignore_errors: true}
    - {name: vaulted, debug: {msg: "{{ vaulted }} {{ vaulted | b64encode }} {{ vaulted | urlencode }}"}}
    - {name: vaulted in, shell: {cmd: "tee /dev/stderr", stdin: "{{ vaulted }}"}}
    - {name: undefined, debug: {msg: "{{ word + nothing.at.all }}"}, ignore_errors: true}
`;

/** The command lines of all processes of this machine, from now on until `stop` returns them. */
function watchHere(): { stop(): string } {
  const seen = new Set<string>();
  const look = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It has ended.
      }
    }
  }, 100).unref();
  return {
    stop: () => {
      clearInterval(look);
      return [...seen].join('\n');
    },
  };
}

/** What files of the host hold that are newer than that one, and those in memory: paths with texts. */
function filesSince(mark: string): [path: string, text: string][] {
  const files = on(
    'node3',
    `{ find / -xdev -type f -newer ${mark} ! -path '/proc/*' ! -path '/sys/*' ! -path /root/canary-target ! -name 'shadow*'
        find /run /tmp /dev/shm -type f ! -name canary-ps; } 2>/dev/null | while read -r f; do printf '\\n== %s\\n' "$f"; head -c 4000000 "$f" 2>/dev/null; done; true`,
  );
  return files.split('\n== ').map((file) => [file.slice(0, file.indexOf('\n')), file]);
}

/** Tasks and plugins of the user's that throw what they were given. */
const own = {
  'library/boom.js': `import { defineTask, text } from 'kprov/task';
export const boom = defineTask({
  name: 'boom', summary: 'Throws.', parameters: { text: text('What it is given.', { required: true }) }, returns: {},
  inCheckMode: 'predicts', example: '- boom: {text: x}',
  compile: (args) => { throw new Error('boom ' + args.text); },
});
`,
  'filter_plugins/boom.py': `def boom(given):
    raise TypeError('boom ' + given)
class FilterModule(object):
    def filters(self):
        return {'boom': boom}
`,
};

/** Plays that end with a value in the error, or in the stack of one that the user's task threw. */
const ending = [
  ['serial: "{{ vaulted }}"', 1],
  ['max_fail_percentage: "{{ vaulted }}"', 1],
  ['tasks: [{boom: {text: "{{ vaulted }}"}}]', 2],
] as const;

describe('secrets', () => {
  const projects: Project[] = [];
  const projectOf = (text: string, extra: string) => {
    const project = new Project([{ name: 'three', host: 'node3', user: 'canary', extra }], text);
    projects.push(project);
    return project;
  };
  const login = `ansible_password=${yaml(canaries.login)} ansible_ssh_private_key_file=/nonexistent`;
  const cleanUp = `userdel -rf canary; userdel -rf canarykey; userdel -rf canaryuser; rm -f /etc/sudoers.d/canary /etc/ssh/sshd_config.d/canary.conf /root/canary* /tmp/canary* /etc/security/limits.d/canary.conf; systemctl reload ssh; true`;

  beforeAll(() => {
    on(
      'node3',
      `useradd -m canary -s /bin/bash; useradd -m canarykey -s /bin/bash
printf '%s:%s\\n' canary ${quoted(canaries.login)} canarykey ${quoted(canaries.sudo)} | chpasswd
printf 'canary ALL=(ALL) ALL\\ncanarykey ALL=(ALL) ALL\\n' >/etc/sudoers.d/canary
install -d -m 700 -o canarykey ~canarykey/.ssh && install -m 600 -o canarykey /root/.ssh/authorized_keys ~canarykey/.ssh/authorized_keys
printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/canary.conf; systemctl reload ssh; touch /root/canary-mark`,
    );
  });
  afterAll(() => {
    for (const project of projects) project.remove();
    on('node3', cleanUp);
  });

  test('no canary shows in any output, process list, log or file, on neither side', async () => {
    const sampler = `while [ ! -e /tmp/canary-stop ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' >>/tmp/canary-ps; sleep 0.02; done`;
    on('node3', `setsid sh -c ${quoted(sampler)} >/dev/null 2>&1 </dev/null &`);
    const here = watchHere();
    const withVault = ['--vault-password-file', 'vault-password'];
    const found: string[] = [];
    const places: string[] = [];
    const searched = (place: string, text: string) => {
      places.push(place);
      found.push(...hits(place, text));
    };
    const kinds = [
      ['password', 'canary', canaries.login, `${login} ansible_become_password=${yaml(canaries.login)}`],
      ['sudo', 'canarykey', canaries.sudo, `ansible_become_password=${yaml(canaries.sudo)}`],
      ['wrong sudo', 'canarykey', canaries.noLog, `ansible_become_password=${yaml(canaries.noLog)}`],
      [
        'wrong login',
        'canarykey',
        canaries.noLog,
        `ansible_password=${yaml(canaries.noLog)} ansible_ssh_private_key_file=/nonexistent`,
      ],
    ] as const;
    for (const [kind, user, word, extra] of kinds) {
      const project = new Project([{ name: 'three', host: 'node3', user, extra }], playbookWith(word));
      projects.push(project);
      for (const name of ['group_vars', 'library', 'filter_plugins']) mkdirSync(join(project.directory, name));
      for (const [name, text] of Object.entries(own)) project.write(name, text);
      project.write('group_vars/all.yml', vault(`vaulted: ${yaml(canaries.vaulted)}\n`, canaries.vaultPassword));
      project.write('vault-password', `${canaries.vaultPassword}\n`);
      const before = readdirSync(project.directory);
      for (const args of [
        ['-vvvv', '-D'],
        ['-vvvv', '-D', '--output', 'json'],
        ['--dry-run', '-D'],
      ]) {
        const { code, stdout, stderr } = await project.run([...args, ...withVault], { ANSIBLE_LOG_PATH: 'log' });
        searched(`${kind} ${args.join(' ')} stdout`, stdout);
        searched(`${kind} ${args.join(' ')} stderr`, stderr);
        expect({ kind, stderr, code }).toEqual({
          kind,
          stderr,
          code: kind.startsWith('wrong') ? expect.any(Number) : 0,
        });
      }
      for (const [play, wanted] of ending) {
        project.write('site.yml', `- hosts: all\n  gather_facts: false\n  ${play}\n`);
        const { code, stdout, stderr } = await project.run(['-vvvv', ...withVault], { ANSIBLE_LOG_PATH: 'log' });
        searched(`${kind} ${play}`, stdout + stderr);
        expect({ play, code, stderr }).toEqual({ play, code: wanted, stderr: expect.stringContaining('********') });
      }
      searched(`${kind} log`, readFileSync(join(project.directory, 'log'), 'utf8'));
      expect(readdirSync(project.directory).filter((name) => name !== 'log')).toEqual(before);
    }
    on('node3', 'touch /tmp/canary-stop; sleep 0.5');
    searched('ps on the control machine', here.stop());
    searched('ps on the host', on('node3', 'sort -u /tmp/canary-ps'));
    expect(on('node3', 'sort -u /tmp/canary-ps')).toMatch(/sh/);
    searched(
      'journal of the host',
      on(
        'node3',
        'journalctl --no-pager -o cat --since "-10 minutes" 2>/dev/null; cat /var/log/auth.log /var/log/syslog 2>/dev/null || true',
      ),
    );
    for (const [path, text] of filesSince('/root/canary-mark')) searched(path, text);
    expect(found).toEqual([]);
    // The search finds what is there.
    expect(hits('target', on('node3', 'cat /root/canary-target'))).not.toEqual([]);
    process.stdout.write(`figure: places searched for canaries: ${places.length}\n`);
  }, 900_000);

  test('a shell that dies while it knows secrets leaves no core file', async () => {
    const text = `- hosts: all\n  gather_facts: false\n  tasks:\n    - {name: known, copy: {dest: /root/canary-known, content: ${yaml(canaries.noLog)}, validate: "sh -c 'sleep 60; true' %s"}}\n`;
    const project = new Project([{ name: 'three', host: 'node3' }], text);
    projects.push(project);
    on(
      'node3',
      `printf '* soft core unlimited\\nroot soft core unlimited\\n' >/etc/security/limits.d/canary.conf; touch /root/canary-begin; sleep 0.1
cd /root && sh -c 'ulimit -Sc unlimited; kill -SEGV $$' || true`,
    );
    const cores = () =>
      on(
        'node3',
        `find / -xdev -type f -name 'core*' -size +8k -newer /root/canary-begin ! -path '/usr/*' ! -path '/sys/*' ! -path '/proc/*' 2>/dev/null || true`,
      );
    // This host writes core files where somebody asks for them.
    expect(cores()).toMatch(/core/);
    on(
      'node3',
      'find / -xdev -type f -name "core*" -newer /root/canary-begin ! -path "/usr/*" -delete 2>/dev/null; true',
    );
    const run = project.start();
    await until(() => on('node3', `pgrep -f 'sleep 60' || true`) !== '');
    on('node3', `pkill -SEGV -f '^(/bin/)?sh -s$'; sleep 1; pkill -f 'sleep 60'; true`);
    run.child.kill('SIGKILL');
    await run.ended;
    expect(cores()).toBe('');
  });

  const hasScript = existsSync('/usr/bin/script');
  (hasScript ? test : test.skip)(
    'a passphrase that is typed shows nowhere',
    async () => {
      const project = projectOf('- {hosts: all, gather_facts: false, tasks: [{command: sleep 1}]}', '');
      const key = join(project.directory, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', canaries.passphrase, '-f', key]);
      on(
        'node3',
        `touch /root/canary-typed; cat >>~canarykey/.ssh/authorized_keys <<'EOF'\n${readFileSync(`${key}.pub`, 'utf8')}EOF`,
      );
      const here = watchHere();
      const program = process.env.KPROV_PROGRAM ?? 'dist/cli/main.js';
      const command = `${process.execPath} ${program} up -i hosts.ini site.yml -vvvv -u canarykey -e ansible_user=canarykey -e ansible_ssh_private_key_file=${key}`;
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        cwd: project.directory,
        env: { ...process.env, SSH_AUTH_SOCK: '', ANSIBLE_LOG_PATH: 'log' },
      });
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        const isAsked = /Passphrase of .*key/.test(said);
        said += chunk;
        if (!isAsked && /Passphrase of .*key/.test(said)) child.stdin.write(`${canaries.passphrase}\n`);
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect({ code, said }).toEqual({ code: 0, said: expect.stringMatching(/ok=1/) });
      const places = [
        ['terminal', said],
        ['ps', here.stop()],
        ['log', readFileSync(join(project.directory, 'log'), 'utf8')],
      ];
      for (const [place, text] of [...places, ...filesSince('/root/canary-typed')])
        expect(hits(String(place), String(text))).toEqual([]);
    },
    60_000,
  );
});
