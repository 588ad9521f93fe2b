// Bundles src/cli/program.ts into dist/cli/parts and keeps V8's compiled code of each part beside it: a program of 800
// modules would start ten times slower. What `import()` asks for is in parts of its own, read when it is asked for.
// dist/cli/main.js, the command, loads them.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { build } from 'esbuild';

const parts = fileURLToPath(new URL('dist/cli/parts', import.meta.url));

/** What ssh2 loads where it could be compiled stays where npm put it. */
const nativeModules = {
  name: 'native-modules',
  setup({ onResolve }) {
    onResolve({ filter: /\.node$/ }, ({ path }) => ({
      path: path.includes('sshcrypto')
        ? 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node'
        : 'cpu-features/build/Release/cpufeatures.node',
      external: true,
    }));
  },
};

/** What ssh2 has beside its client: it would load an HTTPS client, and a server's code. */
const clientOnly = {
  name: 'client-only',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/(http-agents|server)\.js$/ }, ({ importer, path }) =>
      /ssh2\/lib\/index\.js$/.test(importer) ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  minifySyntax: true,
  minifyWhitespace: true,
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
};

/** CommonJS: Node starts it a tenth sooner than an ES module. */
const commonJs = {
  ...common,
  format: 'cjs',
  define: { 'import.meta.url': 'kprovUrl' },
  banner: { js: "const kprovUrl=require('node:url').pathToFileURL(__filename).href;" },
};

/** esbuild splits ES modules only, so what it makes of them is made CommonJS in a second step. */
async function bundleParts() {
  await build({
    ...common,
    entryPoints: ['src/cli/program.ts'],
    format: 'esm',
    splitting: true,
    outdir: parts,
    sourcemap: 'inline',
    legalComments: 'linked',
    plugins: [nativeModules, clientOnly],
  });
  await build({
    ...commonJs,
    bundle: false,
    entryPoints: readdirSync(parts).flatMap((name) => (name.endsWith('.js') ? join(parts, name) : [])),
    outdir: parts,
    allowOverwrite: true,
    sourcemap: true,
    // `import()` as `require`: the parts are loaded by src/cli/bundle.ts.
    supported: { 'dynamic-import': false },
    // What there is to warn of was said by the first step.
    logLevel: 'error',
    // An expression, so that the text need not be copied to be put into a function. A part takes itself for a file beside
    // main.js, as the modules that it holds are in src/cli: what comes with the package is found from there.
    banner: {
      js: `(function(exports,require,module,__filename,__dirname){${commonJs.banner.js.replace('__filename', "__dirname+'.js'")}`,
    },
    footer: { js: '})' },
  });
}

async function bundleAll() {
  rmSync('dist', { recursive: true, force: true });
  // There before the parts are made: by it esbuild tells what `default` of an `import()` is.
  mkdirSync(parts, { recursive: true });
  writeFileSync('dist/cli/package.json', '{"type":"commonjs"}\n');
  await Promise.all([
    build({
      ...commonJs,
      entryPoints: ['src/cli/main.ts', 'src/cli/bundle.ts'],
      outdir: 'dist/cli',
      external: ['./program.js'],
    }),
    // What tasks of the user's own import as kprov/task, for his editor and his tests; kprov itself brings its own.
    build({ ...common, entryPoints: { task: 'src/tasks/public.ts' }, outdir: 'dist', format: 'esm' }),
    bundleParts(),
  ]);
  chmodSync('dist/cli/main.js', 0o755);
}

/** Touches what most runs need: expressions, files, commands, loops, handlers. In check mode, on this machine. */
const rehearsal = `
- hosts: all
  gather_facts: false
  vars: {names: [a, b]}
  tasks:
    - {name: directory, file: {path: ./kprov, state: directory, mode: "0755"}, notify: said}
    - {name: text, copy: {content: "{{ names | join(' ') }}", dest: ./kprov.txt, mode: "0644"}, become: false}
    - {name: template, template: {src: ./rehearsal.j2, dest: ./kprov.conf, mode: "0644"}}
    - {name: line, lineinfile: {path: ./kprov.txt, regexp: '^a', line: a}}
    - {name: link, file: {src: /etc, dest: ./kprov.link, state: link}}
    - {name: user, user: {name: root, shell: /bin/sh, create_home: false}}
    - {name: once, command: "true", args: {creates: /etc/passwd}}
    - {name: look, stat: {path: /etc/passwd}, register: seen}
    - {name: words, command: uname -r, register: kernel, changed_when: false, check_mode: false}
    - {name: pipe, shell: "true | wc -l", when: seen.stat.exists and kernel.rc | int == 0, loop: "{{ names }}"}
    - {name: say, debug: {msg: "{{ item }} {{ hostvars['h'].inventory_hostname }}"}, loop: "{{ names }}"}
    - {name: group, group: {name: root}}
  handlers:
    - {name: said, debug: {msg: changed}}
`;

/** An SSH server on this machine for the rehearsal, so that what a login takes is compiled as well. */
async function startServer(folder) {
  const { default: ssh2 } = await import('ssh2');
  const key = ssh2.utils.generateKeyPairSync('ed25519');
  const server = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => context.accept());
    client.on('session', (accept) =>
      accept().on('exec', (acceptExec, _, { command }) => {
        const channel = acceptExec();
        const shell = spawn('/bin/sh', ['-c', command]);
        channel.pipe(shell.stdin);
        shell.stdout.pipe(channel, { end: false });
        shell.stderr.pipe(channel.stderr, { end: false });
        shell.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      }),
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 });
  writeFileSync(join(folder, 'known'), `[127.0.0.1]:${port} ${key.public}\n`);
  writeFileSync(join(folder, 'config'), `UserKnownHostsFile ${join(folder, 'known')}\nIdentitiesOnly yes\n`);
  const how = `ansible_ssh_private_key_file=${join(folder, 'key')}\nansible_ssh_common_args=-F ${join(folder, 'config')}`;
  const hosts = `[hosts]\nh ansible_host=127.0.0.1 ansible_port=${port}\n[hosts:vars]\nansible_user=root\n${how}\n`;
  writeFileSync(join(folder, 'hosts.ini'), hosts);
  return server;
}

/** Runs the program through what every run needs, so that what V8 compiles on the way is kept as well. */
async function keepCompiledCode() {
  // Code is only taken by a V8 with the flags that it was kept with.
  const { flags, loadPart } = await import('./dist/cli/bundle.js');
  for (const flag of flags) setFlagsFromString(flag);
  const { part, scripts } = loadPart(parts);
  const { main } = part('program.js');
  const folder = mkdtempSync(join(tmpdir(), 'kprov-build-'));
  try {
    const playbook = join(folder, 'rehearsal.yml');
    writeFileSync(playbook, rehearsal);
    writeFileSync(
      join(folder, 'rehearsal.j2'),
      '{% for n in names %}\n{{ n }} = {{ inventory_hostname }}\n{% endfor %}\n',
    );
    const server = await startServer(folder);
    await main(['validate', '-i', 'localhost,', 'playbooks/cluster.yml']);
    const hosts = join(folder, 'hosts.ini');
    for (const more of [[], ['--diff']])
      await main(['up', '-i', hosts, '--check', ...more, '--output', 'plain', playbook]);
    server.close();
    for (const flag of flags) setFlagsFromString(flag);
    for (const [name, script] of scripts) writeFileSync(join(parts, `${name}.cache`), script.createCachedData());
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[2] === 'keep-compiled-code') {
  await keepCompiledCode();
} else {
  await bundleAll();
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.task.json'], { stdio: 'inherit' });
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'keep-compiled-code'], {
    stdio: 'ignore',
  });
}
