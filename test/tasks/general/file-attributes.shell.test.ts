import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copy } from '../../../src/tasks/general/copy.js';
import { file } from '../../../src/tasks/general/file.js';
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
});
