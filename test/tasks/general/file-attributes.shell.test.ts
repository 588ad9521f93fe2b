import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archive } from '../../../src/tasks/general/archive.js';
import { copy } from '../../../src/tasks/general/copy.js';
import { file } from '../../../src/tasks/general/file.js';
import { getUrl } from '../../../src/tasks/general/get-url.js';
import { unarchive } from '../../../src/tasks/general/unarchive.js';
import { uri } from '../../../src/tasks/general/uri.js';
import type { Task } from '../../../src/tasks/task.js';
import type { Mapping } from '../../../src/values/index.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

/** Tools that keep a file's flags and SELinux context beside it: few file systems of test machines have either. */
const tools: Readonly<Record<string, string>> = {
  lsattr: 'for p; do :; done; f=$(cat "$p.flags" 2>/dev/null); echo "----$f---e---- $p"',
  chattr: `f=$(cat "$2.flags" 2>/dev/null)
case $1 in =*) f=\${1#=} ;; +*) f=$f\${1#+} ;; -*) f=$(printf %s "$f" | tr -d "\${1#-}") ;; esac
echo "chattr $1" >>"$LOG"; printf %s "$f" >"$2.flags"`,
  selinuxenabled: '[ -e "$LOG.selinux" ]',
  stat: `for p; do :; done
case " $* " in *" %C "*) cat "$p.context" 2>/dev/null || echo system_u:object_r:etc_t:s0 ;; *) exec /usr/bin/stat "$@" ;; esac`,
  chcon: 'echo "chcon $3" >>"$LOG"; echo "$3" >"$4.context"',
  matchpathcon: 'echo system_u:object_r:net_conf_t:s0:c1,c2',
};

const server = createServer((_request, response) => response.end('served'));
let base = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

/** Tasks that make a file in ways of their own; `made` is the file, `again` what a second run is. */
interface Making {
  task: Task;
  args(at: (name: string) => string): Mapping;
  made: string;
  again: 'ok' | 'changed';
  inCheck: 'changed' | 'skipped';
}
const making: readonly (readonly [string, Making])[] = [
  [
    'get_url',
    {
      task: getUrl,
      args: (at) => ({ url: `${base}/x`, dest: at('made'), force: true }),
      made: 'made',
      again: 'ok',
      inCheck: 'changed',
    },
  ],
  [
    // As with Ansible, what uri saves is a change whatever was there.
    'uri',
    {
      task: uri,
      args: (at) => ({ url: `${base}/x`, dest: at('made') }),
      made: 'made',
      again: 'changed',
      inCheck: 'skipped',
    },
  ],
  [
    'archive',
    {
      task: archive,
      args: (at) => ({ path: at('top'), dest: at('made') }),
      made: 'made',
      again: 'ok',
      inCheck: 'changed',
    },
  ],
  [
    'unarchive',
    {
      task: unarchive,
      args: (at) => ({ src: at('top.tar'), dest: at('into'), remote_src: true }),
      made: 'into/top/inner',
      again: 'ok',
      inCheck: 'changed',
    },
  ],
];

// busybox has a stat and an mv of its own, whatever stands on PATH.
describe.each(shells.filter(([name]) => !name.startsWith('busybox')))('in %s', (_, argv) => {
  let folder: string;
  let host: TaskHost;
  const at = (name: string) => join(folder, name);
  const log = () => (existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trim().split('\n') : []);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kprov-attributes-'));
    for (const [name, body] of Object.entries(tools)) writeFileSync(at(name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
    writeFileSync(at('f'), 'x');
    for (const name of ['top', 'into']) mkdirSync(at(name));
    writeFileSync(at('top/inner'), 'packed');
    execFileSync('tar', ['cf', 'top.tar', 'top'], { cwd: folder });
    host = new TaskHost(argv, { ...process.env, PATH: `${folder}:${process.env.PATH}`, LOG: at('log') });
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['A', ['chattr =A']],
    ['=A', ['chattr =A']],
    ['+Ai', ['chattr +Ai']],
    ['-A', []],
    ['', []],
  ])('attributes %p is brought about, once', async (attributes, calls) => {
    const args = { path: at('f'), attributes };
    const checked = await host.run(file, args, { check: true });
    expect([checked.status, log()]).toEqual([calls.length > 0 ? 'changed' : 'ok', []]);
    expect((await host.run(file, args)).status).toBe(calls.length > 0 ? 'changed' : 'ok');
    expect((await host.run(file, args)).status).toBe('ok');
    expect(log()).toEqual(calls);
  });

  test('a flag is taken away, and the diff tells', async () => {
    await host.run(file, { path: at('f'), attributes: 'Ai' });
    const { result } = await host.run(file, { path: at('f'), attr: '-i' });
    expect(result.diff).toMatchObject({ before: { attributes: 'Ai' }, after: { attributes: 'i' } });
    expect(readFileSync(at('f.flags'), 'utf8')).toBe('A');
  });

  test('a file that copy makes gets its flags', async () => {
    await host.run(copy, { content: 'new', dest: at('g'), attributes: 'A' });
    expect(readFileSync(at('g.flags'), 'utf8')).toBe('A');
    expect((await host.run(copy, { content: 'new', dest: at('g'), attributes: 'A' })).status).toBe('ok');
  });

  test.each([
    [{ setype: 'shadow_t' }, 'chcon system_u:object_r:shadow_t:s0'],
    [{ seuser: 'a_u', serole: 'r_r', selevel: 's0:c5' }, 'chcon a_u:r_r:etc_t:s0:c5'],
    [{ setype: '_default', selevel: '_default' }, 'chcon system_u:object_r:net_conf_t:s0:c1,c2'],
  ])('where SELinux is on, %j', async (wanted, call) => {
    writeFileSync(at('log.selinux'), '');
    expect((await host.run(file, { path: at('f'), ...wanted })).status).toBe('changed');
    expect((await host.run(file, { path: at('f'), ...wanted })).status).toBe('ok');
    expect(log()).toEqual([call]);
  });

  test('where SELinux is off its parameters are without effect', async () => {
    expect((await host.run(file, { path: at('f'), setype: 'shadow_t' })).status).toBe('ok');
    expect(log()).toEqual([]);
  });

  test('a file that cannot be replaced is written into where that is allowed', async () => {
    writeFileSync(at('mv'), '#!/bin/sh\necho "Device or resource busy" >&2\nexit 1\n', { mode: 0o755 });
    expect((await host.run(copy, { content: 'new', dest: at('f') })).status).toBe('failed');
    expect((await host.run(copy, { content: 'new', dest: at('f'), unsafe_writes: true })).status).toBe('changed');
    expect(readFileSync(at('f'), 'utf8')).toBe('new');
  });

  const calls = (name: string) => log().filter((line) => line.startsWith(name));

  test.each(making)('%s: flags are given to what it makes, once; a dry run touches nothing', async (_name, about) => {
    const { task, made, again, inCheck } = about;
    const args = { ...about.args(at), attributes: '+A' };
    expect((await host.run(task, args, { check: true })).status).toBe(inCheck);
    expect([existsSync(at(made)), log()]).toEqual([false, []]);
    expect((await host.run(task, args)).status).toBe('changed');
    expect(readFileSync(at(`${made}.flags`), 'utf8')).toBe('A');
    const { length } = log();
    expect((await host.run(task, args)).status).toBe(again);
    expect(log()).toHaveLength(length);
  });

  test.each(making)('%s: flags alone are a change of what is there', async (_name, about) => {
    const { task, made, again } = about;
    await host.run(task, about.args(at));
    expect((await host.run(task, about.args(at))).status).toBe(again);
    const changed = await host.run(task, { ...about.args(at), attr: 'i' });
    expect([changed.status, readFileSync(at(`${made}.flags`), 'utf8')]).toEqual(['changed', 'i']);
  });

  test.each(making)('%s: where SELinux is on what it makes gets its context, once', async (_name, about) => {
    const { task, made, again } = about;
    writeFileSync(at('log.selinux'), '');
    const args = { ...about.args(at), seuser: 'a_u', setype: 'b_t', serole: '_default' };
    expect((await host.run(task, args)).status).toBe('changed');
    expect(readFileSync(at(`${made}.context`), 'utf8').trim()).toBe('a_u:object_r:b_t:s0');
    const { length } = calls('chcon');
    expect((await host.run(task, args)).status).toBe(again);
    expect(calls('chcon')).toHaveLength(length);
    expect((await host.run(task, { ...about.args(at), selevel: 's0:c7' })).status).toBe('changed');
    expect(readFileSync(at(`${made}.context`), 'utf8').trim()).toBe('a_u:object_r:b_t:s0:c7');
  });

  test.each(making)('%s: what fails to take its flags has failed', async (_name, about) => {
    writeFileSync(at('chattr'), '#!/bin/sh\necho "Operation not supported" >&2\nexit 1\n', { mode: 0o755 });
    const { status, result } = await host.run(about.task, { ...about.args(at), attributes: 'A' });
    expect([status, result.msg]).toEqual(['failed', 'chattr failed: Operation not supported']);
  });

  test.each(making.filter(([name]) => name !== 'unarchive'))(
    '%s: a file that cannot be replaced is written into where that is allowed',
    async (_name, about) => {
      writeFileSync(at('made'), 'old');
      writeFileSync(at('mv'), '#!/bin/sh\necho "Device or resource busy" >&2\nexit 1\n', { mode: 0o755 });
      expect((await host.run(about.task, about.args(at))).status).toBe('failed');
      expect(readFileSync(at('made'), 'utf8')).toBe('old');
      expect((await host.run(about.task, { ...about.args(at), unsafe_writes: true })).status).toBe('changed');
      expect(readFileSync(at('made'), 'latin1')).not.toBe('old');
      expect(readdirSync(folder).filter((name) => name.startsWith('.kprov'))).toEqual([]);
    },
  );

  test('unarchive writes into what cannot be replaced as tar does, whatever unsafe_writes says', async () => {
    const args = { src: at('top.tar'), dest: at('into'), remote_src: true, unsafe_writes: true };
    expect((await host.run(unarchive, args)).status).toBe('changed');
    expect(readFileSync(at('into/top/inner'), 'utf8')).toBe('packed');
  });
});
