// Bundles src/cli/program.ts into dist/cli/kprov.cjs and keeps V8's compiled code of it beside it: a program of 800
// modules would start ten times slower. dist/cli/main.js, the command, loads both.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const bundle = fileURLToPath(new URL('dist/cli/kprov.cjs', import.meta.url));

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

async function bundleAll() {
  rmSync('dist', { recursive: true, force: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: ['src/cli/main.ts', 'src/cli/bundle.ts'],
      outdir: 'dist/cli',
      format: 'esm',
      splitting: true,
      chunkNames: '[name]-[hash]',
      external: ['./program.js'],
    }),
    // What tasks of the user's own import as kprov/task, for his editor and his tests; kprov itself brings its own.
    build({ ...common, entryPoints: { task: 'src/tasks/public.ts' }, outdir: 'dist', format: 'esm' }),
    build({
      ...common,
      entryPoints: ['src/cli/program.ts'],
      outfile: bundle,
      format: 'cjs',
      sourcemap: true,
      legalComments: 'linked',
      plugins: [nativeModules],
      define: { 'import.meta.url': 'kprovUrl' },
      banner: { js: "const kprovUrl=require('node:url').pathToFileURL(__filename).href;" },
    }),
  ]);
  chmodSync('dist/cli/main.js', 0o755);
}

/** Touches what most runs need: expressions, files, commands, loops, handlers. In check mode, on this machine. */
const rehearsal = `
- hosts: localhost
  gather_facts: false
  vars: {names: [a, b]}
  tasks:
    - {name: directory, file: {path: ./kprov, state: directory, mode: "0755"}, notify: said}
    - {name: text, copy: {content: "{{ names | join(' ') }}", dest: ./kprov.txt, mode: "0644"}, become: false}
    - {name: line, lineinfile: {path: ./kprov.txt, regexp: '^a', line: a}}
    - {name: look, stat: {path: /etc/passwd}, register: seen}
    - {name: words, command: uname -r, register: kernel, changed_when: false, check_mode: false}
    - {name: pipe, shell: "true | wc -l", when: seen.stat.exists and kernel.rc | int == 0, loop: "{{ names }}"}
    - {name: say, debug: {msg: "{{ item }} {{ hostvars['localhost'].inventory_hostname }}"}, loop: "{{ names }}"}
    - {name: group, group: {name: root}}
  handlers:
    - {name: said, debug: {msg: changed}}
`;

/** Runs the bundle through what every run needs, so that what V8 compiles on the way is kept as well. */
async function keepCompiledCode() {
  const { compileBundle } = await import('./dist/cli/bundle.js');
  const { script, run } = compileBundle(bundle);
  const { main } = run();
  const folder = mkdtempSync(join(tmpdir(), 'kprov-build-'));
  try {
    const playbook = join(folder, 'rehearsal.yml');
    writeFileSync(playbook, rehearsal);
    await main(['validate', '-i', 'localhost,', 'playbooks/cluster.yml']);
    await main(['up', '-i', 'localhost,', '-c', 'local', '--check', '--diff', '--output', 'plain', playbook]);
    writeFileSync(`${bundle}.cache`, script.createCachedData());
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
