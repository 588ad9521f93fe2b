import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seboolean, selinux } from '../../../src/tasks/general/selinux.js';
import { snap } from '../../../src/tasks/general/snap.js';
import type { Task } from '../../../src/tasks/task.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

/**
 * No machine of the tests has snapd or SELinux: these stand-ins keep a state in files, and answer in the words, on the
 * streams and with the exit codes that snap(8), getenforce(8), setenforce(8), getsebool(8) and setsebool(8) document.
 */
const tools: Readonly<Record<string, string>> = {
  // A file for each snap, with its notes; a folder of settings beside it.
  snap: `cd "$STATE/snaps" || exit 1
case $1 in list | get) ;; *) echo "snap $*" >>"$STATE/log" ;; esac
command=$1 classic= ; shift
case $command in
list)
  set -- *.snap
  [ -e "$1" ] || { echo "No snaps are installed yet. Try 'snap install hello-world'." >&2; exit 0; }
  echo 'Name  Version  Rev  Tracking  Publisher  Notes'
  for f; do echo "\${f%.snap}  1.0  7  latest/stable  canonical**  $(cat "$f")"; done ;;
install)
  for a; do case $a in --classic) classic=1 ;; -*) ;; *) n=$a ;; esac; done
  case $n in
  missing) echo "error: snap \\"$n\\" not found" >&2; exit 1 ;;
  code) [ -n "$classic" ] || { echo "error: This revision of snap \\"$n\\" was published using classic confinement" >&2; exit 1; } ;;
  esac
  if [ -n "$classic" ]; then echo classic; else echo -; fi >"$n.snap"; echo "$n 1.0 from Canonical installed" ;;
remove) rm -f "$1.snap"; echo "$1 removed" ;;
enable) echo - >"$1.snap"; echo "$1 enabled" ;;
disable) echo disabled >"$1.snap"; echo "$1 disabled" ;;
get)
  [ -e "$1.$2" ] || { echo "error: snap \\"$1\\" has no \\"$2\\" configuration option" >&2; exit 1; }
  cat "$1.$2" ;;
set) n=$1; shift; for a; do printf '%s\\n' "\${a#*=}" >"$n.\${a%%=*}"; done ;;
esac`,
  getenforce: 'cat "$STATE/mode" 2>/dev/null || echo Disabled',
  setenforce: `echo "setenforce $1" >>"$STATE/log"
[ -e "$STATE/mode" ] || { echo 'setenforce: SELinux is disabled' >&2; exit 1; }
case $1 in 1) echo Enforcing ;; *) echo Permissive ;; esac >"$STATE/mode"`,
  selinuxenabled: '[ -e "$STATE/mode" ]',
  getsebool: `[ -e "$STATE/$1.bool" ] || { echo "Error getting active value for $1" >&2; exit 1; }
echo "$1 --> $(cat "$STATE/$1.bool")"`,
  setsebool: `echo "setsebool $*" >>"$STATE/log"
[ "$1" != -P ] || shift
echo "$2" >"$STATE/$1.bool"`,
};

describe.each(shells)('in %s', (_, argv) => {
  let state: string;
  let host: TaskHost;
  const at = (name: string) => join(state, name);
  const put = (name: string, content: string, mode = 0o644) => writeFileSync(at(name), content, { mode });
  const log = () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trim().split('\n') : []);

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'kprov-tools-'));
    for (const [name, body] of Object.entries(tools)) put(name, `#!/bin/sh\n${body}\n`, 0o755);
    mkdirSync(at('snaps'));
    host = new TaskHost(argv, { ...process.env, PATH: `${state}:${process.env.PATH}`, STATE: state });
  });
  afterEach(async () => {
    await host.close();
    rmSync(state, { recursive: true });
  });

  /** Foretold without a call, done with these calls, and not done again. */
  async function prove(task: Task, args: Mapping, calls: readonly string[]): Promise<Mapping> {
    const status = calls.length > 0 ? 'changed' : 'ok';
    const before = log().length;
    expect((await host.run(task, args, { check: true })).status).toBe(status);
    expect(log()).toHaveLength(before);
    // What a dry run foresees is of that run: a shell of its own for the real one.
    await host.close();
    host = new TaskHost(argv, { ...process.env, PATH: `${state}:${process.env.PATH}`, STATE: state });
    const { status: done, result } = await host.run(task, args);
    expect([done, log().slice(before)]).toEqual([status, calls]);
    expect((await host.run(task, args)).status).toBe('ok');
    expect(log()).toHaveLength(before + calls.length);
    return result;
  }

  test.each<[string, Record<string, string>, Mapping, string[], Mapping]>([
    [
      'several are installed, those that are missing',
      { jq: '-' },
      { name: ['jq', 'yq'] },
      ['snap install yq'],
      { snaps_installed: ['yq'] },
    ],
    [
      'unconfined, from a channel',
      {},
      { name: 'code', classic: true, channel: '1.29/stable' },
      ['snap install --classic --channel=1.29/stable code'],
      { snaps_installed: ['code'], cmd: 'snap install --classic --channel=1.29/stable code' },
    ],
    ['a name that begins another is another', { jq2: '-' }, { name: 'jq' }, ['snap install jq'], {}],
    ['one is removed', { jq: '-' }, { name: 'jq', state: 'absent' }, ['snap remove jq'], { snaps_removed: ['jq'] }],
    ['one that is not there is gone', {}, { name: 'jq', state: 'absent' }, [], {}],
    ['one is disabled', { jq: '-' }, { name: 'jq', state: 'disabled' }, ['snap disable jq'], {}],
    ['one is enabled', { jq: 'disabled' }, { name: 'jq', state: 'enabled' }, ['snap enable jq'], {}],
    ['a disabled one is present', { jq: 'disabled,classic' }, { name: 'jq' }, [], {}],
    [
      'settings are made',
      { jq: '-', yq: '-' },
      { name: ['jq', 'yq'], options: ['a.b=1', 'yq:c=two words'] },
      ['snap set jq a.b=1', 'snap set yq a.b=1', 'snap set yq c=two words'],
      { options_changed: ['jq:a.b=1', 'yq:a.b=1', 'yq:c=two words'] },
    ],
  ])('snap: %s', async (_name, there, args, calls, result) => {
    for (const [name, notes] of Object.entries(there)) put(`snaps/${name}.snap`, `${notes}\n`);
    expect(await prove(snap, args, calls)).toMatchObject(result);
  });

  test.each<[Mapping, string]>([
    [{ name: 'missing' }, 'error: snap "missing" not found'],
    [{ name: 'code' }, 'classic confinement'],
    [{ name: 'jq', state: 'enabled' }, 'the snap jq is not installed'],
  ])('snap: what fails with %j is told', async (args, words) => {
    const { status, result } = await host.run(snap, args);
    expect([status, `${result.msg} ${result.output ?? ''}`]).toEqual(['failed', expect.stringContaining(words)]);
  });

  const config = '# kept\nSELINUX=enforcing\nSELINUXTYPE=targeted\n';
  test.each<[string, string | undefined, Mapping, string[], string, boolean]>([
    ['is what it is', 'Enforcing', { state: 'enforcing' }, [], 'enforcing', false],
    ['is switched at once', 'Enforcing', { state: 'permissive' }, ['setenforce 0'], 'permissive', false],
    [
      'is off after a reboot, and warns until then',
      'Enforcing',
      { state: 'disabled' },
      ['setenforce 0'],
      'disabled',
      true,
    ],
  ])('selinux: the mode %s', async (_name, mode, args, calls, written, reboot) => {
    if (mode !== undefined) put('mode', `${mode}\n`);
    put('config', config);
    const wanted = { policy: 'targeted', configfile: at('config'), ...args };
    expect((await host.run(selinux, wanted, { check: true })).status).toBe(calls.length > 0 ? 'changed' : 'ok');
    expect([log(), readFileSync(at('config'), 'utf8')]).toEqual([[], config]);
    await host.close();
    host = new TaskHost(argv, { ...process.env, PATH: `${state}:${process.env.PATH}`, STATE: state });
    const { status, result } = await host.run(selinux, wanted);
    expect([status, log(), result.reboot_required]).toEqual([calls.length > 0 ? 'changed' : 'ok', calls, reboot]);
    expect(readFileSync(at('config'), 'utf8')).toBe(config.replace('=enforcing', `=${written}`));
    expect((await host.run(selinux, wanted)).status).toBe('ok');
    expect(log()).toEqual(calls);
  });

  test('selinux: where it is off it is switched on with a reboot, and nothing is called', async () => {
    put('config', config.replace('=enforcing', '=disabled'));
    const { status, result } = await host.run(selinux, {
      state: 'enforcing',
      policy: 'targeted',
      configfile: at('config'),
    });
    expect([status, result.reboot_required, log()]).toEqual(['changed', true, []]);
    expect(readFileSync(at('config'), 'utf8')).toBe(config);
  });

  test.each<[Mapping, string[]]>([
    [{ state: true }, ['setsebool httpd_can on']],
    [{ state: false }, []],
  ])('seboolean: one that is off with %j', async (args, calls) => {
    put('mode', 'Enforcing\n');
    put('httpd_can.bool', 'off\n');
    await prove(seboolean, { name: 'httpd_can', ...args }, calls);
  });

  test('seboolean: one that is to outlast a reboot is set with -P', async () => {
    put('mode', 'Enforcing\n');
    put('httpd_can.bool', 'off\n');
    await host.run(seboolean, { name: 'httpd_can', state: true, persistent: true });
    expect(log()).toEqual(['setsebool -P httpd_can on']);
  });

  test('seboolean: says where there is no such one, and where SELinux is off', async () => {
    const msg = async (name: string) => (await host.run(seboolean, { name, state: true })).result.msg;
    expect(await msg('httpd_can')).toBe('SELinux is disabled on this host.');
    put('mode', 'Enforcing\n');
    expect(await msg('httpd_can')).toBe('SELinux boolean httpd_can does not exist.');
    expect(log()).toEqual([]);
  });
});
