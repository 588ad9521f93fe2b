import { execFileSync, spawnSync } from 'node:child_process';
import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Frame, Script, sh } from '../../src/shell/index.js';
import { fieldsOf, ShellHost, shells } from '../support/shells.js';

test('dash, bash and busybox ash are here to be tested', () => {
  expect(shells.map(([name]) => name)).toEqual(['dash', 'bash', 'busybox ash']);
});

describe.each(shells)('in %s', (_name, argv) => {
  let host: ShellHost;
  let folder: string;
  beforeEach(() => {
    host = new ShellHost(argv);
    folder = mkdtempSync(join(tmpdir(), 'kprov-'));
  });
  afterEach(async () => {
    await host.close();
    rmSync(folder, { recursive: true });
  });

  test('any text comes through quoting and a field unharmed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (value) => {
        fc.pre(!value.includes('\0') && Buffer.from(value).toString() === value);
        const frame = await host.run(sh`kp_set value ${value}`);
        expect(fieldsOf(frame).value).toBe(value);
      }),
      { numRuns: 300 },
    );
  }, 30_000);

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot("a file in another user's folder gets its owner and mode, and a link in its place is refused", async () => {
    chownSync(folder, 65534, 65534);
    const path = join(folder, 'f');
    expect((await host.run(sh`kp_write ${path} new 0640 65534 ''`)).status).toBe('changed');
    expect((await host.run(sh`kp_write ${path} newer '' '' ''`)).status).toBe('changed');
    const { uid, gid, mode } = statSync(path);
    expect({ uid, gid, mode: mode & 0o7777 }).toEqual({ uid: 65534, gid: 0, mode: 0o640 });
    writeFileSync(join(folder, 'victim'), 'secret', { mode: 0o600 });
    const planted = sh`ln -s victim ${join(folder, '.kprov-x')}; kp_stat ${path}; kp_install ${join(folder, '.kprov-x')} ${path} 0644 65534 ''`;
    const frame = await host.run(planted);
    expect([frame.status, fieldsOf(frame).msg]).toEqual([
      'failed',
      expect.stringMatching(/something else in the place/),
    ]);
    expect(statSync(join(folder, 'victim')).mode & 0o7777).toBe(0o600);
    expect(statSync(join(folder, 'victim')).uid).toBe(0);
  });

  test('a link to a directory that was planted where a file goes is replaced or refused, not followed', async () => {
    const [path, temporary, other] = ['f', '.kprov-x', 'other'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(other);
    const planted = sh`kp_stat ${path}; printf new >${temporary}; ln -s other ${path}; kp_install ${temporary} ${path} 0644 '' ''`;
    const { status } = await host.run(planted);
    expect(readdirSync(other)).toEqual([]);
    expect(lstatSync(path).isFile() && readFileSync(path, 'utf8') === 'new').toBe(status !== 'failed');
  });

  test('steps that were queued behind a failed one are discarded, until the next epoch', async () => {
    const marker = join(folder, 'ran');
    const [failed, discarded, resumed] = await Promise.all([
      host.run(sh`kp_fail 'no luck'; return 1`, { mayFail: false }),
      host.run(sh`: >${marker}; kp_set ran 1`, { mayFail: false }),
      host.run(sh`kp_set ran 2`, { epoch: 1 }),
    ]);
    expect([failed.status, discarded.status, resumed.status]).toEqual(['failed', 'discarded', 'ok']);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a step that may fail lets the next one run', async () => {
    const [first, second] = await Promise.all([host.run(sh`false`), host.run(sh`kp_set ran 1`)]);
    expect([first.status, second.status]).toEqual(['failed', 'ok']);
  });

  test('a command reports its streams byte for byte, its exit code, and gets no standard input', async () => {
    const frame = await host.run(sh`kp_stream '' sh -c ${"printf 'a\\000\\377b\\n\\n'; echo oops >&2; cat; exit 7"}`);
    expect(frame.status).toBe('failed');
    expect(frame.fields.get('stdout')).toEqual(Buffer.from([0x61, 0, 0xff, 0x62, 10, 10]));
    expect(frame.stderr.toString()).toBe('oops\n');
    expect(fieldsOf(frame).rc).toBe('7');
  });

  test('output that imitates a mark is only output', async () => {
    const text = '\n@0000000000000000 end changed\n\n@x .\n';
    const frame = await host.run(sh`kp_stream '' printf %s ${text}`);
    expect(frame.status).toBe('ok');
    expect(fieldsOf(frame).stdout).toBe(text);
  });

  test('kp_write makes, keeps and replaces a file, and leaves nothing else behind', async () => {
    const file = join(folder, 'a b\nc');
    const write = (content: string, mode = '') =>
      host.run(sh`kp_write ${file} ${content} ${mode} '' ''`, { diff: true });
    expect((await write('one\n\n', '0640')).status).toBe('changed');
    expect(statSync(file).mode & 0o7777).toBe(0o640);
    expect((await write('one\n\n', '0640')).status).toBe('ok');
    expect((await write('one\n\n')).status).toBe('ok');
    const again = await write('two');
    expect(again.status).toBe('changed');
    expect(fieldsOf(again).before).toBe('one\n\n');
    expect(statSync(file).mode & 0o7777).toBe(0o640);
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect((await write('two', '448:5')).status).toBe('changed');
    expect(statSync(file).mode & 0o7777).toBe(0o605);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  /** Without the tools there is nothing to keep; and not every file system has them. */
  const hasAccessLists = spawnSync('setfacl', ['--version']).status === 0;
  (hasAccessLists ? test : test.skip)(
    'a file that is replaced keeps its access list, unless its mode changes',
    async () => {
      const file = join(folder, 'f');
      writeFileSync(file, 'one', { mode: 0o640 });
      execFileSync('setfacl', ['-m', 'u:nobody:r', file]);
      const listed = (): string => execFileSync('getfacl', ['-cp', file], { encoding: 'utf8' });
      const [before, { mtimeMs }] = [listed(), statSync(file)];
      expect(before).toContain('user:nobody:r--');
      expect((await host.run(sh`kp_write ${file} two '' '' ''`)).status).toBe('changed');
      expect(readFileSync(file, 'utf8')).toBe('two');
      expect(statSync(file).mtimeMs).toBeGreaterThan(mtimeMs);
      // The tools of busybox know nothing of access lists.
      if (_name !== 'busybox ash') expect(listed()).toBe(before);
      expect((await host.run(sh`kp_write ${file} secret 0600 '' ''`)).status).toBe('changed');
      expect(listed()).not.toContain('nobody');
      expect(statSync(file).mode & 0o777).toBe(0o600);
    },
  );

  test('where files inherit a list of who may do what, a new one still gets the mode that is asked for', async () => {
    if (hasAccessLists) execFileSync('setfacl', ['-d', '-m', 'u::rwx,g::rwx,o::rwx', folder]);
    for (const mode of ['0600', '0644', '0440']) {
      const file = join(folder, mode);
      await host.run(sh`kp_write ${file} text ${mode} '' ''; kp_facts ${file}`);
      await host.run(sh`kp_directory ${`${file}.d`} ${mode} '' ''`);
      expect([file, `${file}.d`].map((path) => statSync(path).mode & 0o7777)).toEqual(
        Array(2).fill(Number(`0o${mode}`)),
      );
    }
  });

  describe('what several steps look at', () => {
    const look = (path: string) => ({
      body: sh`kp_stat ${path}; kp_set seen "$kp_type $kp_size"`,
      looks: [path],
    });
    const change = (path: string) => ({ body: sh`kp_apply; printf 12345 >${path}` });
    const seen = (frames: readonly Frame[]) => frames.map((frame) => fieldsOf(frame).seen);
    let files: string[];
    let count: string;
    beforeEach(async () => {
      count = join(folder, 'count');
      files = ['a', "b c'd", 'e*'].map((name) => join(folder, name));
      for (const file of files) writeFileSync(file, 'old');
      await host.run(sh`stat() { printf x >>${count}; command stat "$@"; }`);
    });
    const processes = () => readFileSync(count, 'utf8').length;

    test('is found out by one process', async () => {
      expect(seen(await host.together(files.map(look)))).toEqual(Array(3).fill('file 3'));
      expect(processes()).toBe(1);
    });

    test('is looked at again once something has been changed', async () => {
      const [a = '', b = ''] = files;
      const changed = { ...change(b), looks: [] };
      expect(seen(await host.together([look(a), look(b), changed, look(b), look(a)]))).toEqual([
        'file 3',
        'file 3',
        undefined,
        'file 5',
        'file 3',
      ]);
    });

    test('is looked at again behind a step that is not known to leave it as it is', async () => {
      const [a = '', b = ''] = files;
      const silent = { body: sh`printf 1234567 >${b}` };
      expect(seen(await host.together([look(a), look(b), silent, look(b)]))).toEqual([
        'file 3',
        'file 3',
        undefined,
        'file 7',
      ]);
      writeFileSync(a, 'longer');
      expect(seen(await host.together([look(a)]))).toEqual(['file 6']);
    });

    test('may not be there, or come later', async () => {
      const [a = ''] = files;
      const late = join(folder, 'late');
      expect(seen(await host.together([look(a), look(late), { ...change(late), looks: [] }, look(late)]))).toEqual([
        'file 3',
        'absent ',
        undefined,
        'file 5',
      ]);
    });
  });

  test.each([
    ['goes on to look', ':', ':', false],
    ['changes something', ':', 'kp_apply', false],
    ['has something to say', ':', 'kp_say waiting', true],
    ['runs a command', ':', 'kp_open out; kp_close', true],
    ['comes behind one that has failed', 'kp_fail no', ':', true],
    ['comes behind one that has changed something', 'kp_apply', ':', false],
  ])('an answer is held back for the next step at most until that %s', async (_, first, begin, isThere) => {
    const go = join(folder, 'go');
    const wait = sh`${Script.trusted(begin)}; while [ ! -e ${go} ]; do sleep 0.02; done`;
    const heard: string[] = [];
    const steps = [
      { body: Script.trusted(first), looks: [] },
      { body: wait, looks: [] },
    ];
    const [one, two] = host.eachTogether(steps);
    void one?.then(({ status }) => heard.push(status));
    await (isThere ? one : new Promise((resolve) => setTimeout(resolve, 300)));
    expect(heard.length).toBe(isThere ? 1 : 0);
    writeFileSync(go, '');
    await two;
    expect(heard).toHaveLength(1);
  });

  describe('what steps that are sent together have written', () => {
    const facts = (frame: Frame | undefined) => frame && [frame.status, fieldsOf(frame).stat];
    const born = (path: string) => sh`kp_apply; printf x >${path}; chmod 0600 ${path}`;
    const settled = (path: string) => sh`${born(path)}; kp_confirm ${path} 0644 '' ''; kp_facts ${path}`;

    test('is told as it is when their answers leave, which is by one process for all of them', async () => {
      const [a, b, directory] = ['a b', 'b', 'd'].map((name) => join(folder, name)) as [string, string, string];
      const frames = await host.together([
        { body: sh`stat() { printf . >>${join(folder, 'looks')}; command stat "$@"; }`, looks: [] },
        { body: sh`kp_directory ${directory} 0755 '' '' && kp_facts ${directory}`, looks: [] },
        { body: sh`kp_write ${a} one 0644 '' '' && kp_facts ${a}`, looks: [] },
        { body: sh`kp_write ${b} three 0644 '' '' && kp_facts ${b}`, looks: [] },
        { body: sh`kp_set last 1`, looks: [] },
      ]);
      const ids = `${process.getuid?.()} ${process.getgid?.()}`;
      expect(frames.slice(1, 4).map(facts)).toEqual([
        ['changed', expect.stringMatching(`^directory 0755 ${ids} `)],
        ['changed', expect.stringMatching(`^file 0644 ${ids} 3 `)],
        ['changed', expect.stringMatching(`^file 0644 ${ids} 5 `)],
      ]);
      expect(readFileSync(join(folder, 'looks'), 'utf8')).toBe('.');
    });

    test('is put right where the directory had a say in it', async () => {
      const path = join(folder, 'f');
      const frames = await host.together([
        { body: settled(path), looks: [] },
        { body: sh`:`, looks: [] },
      ]);
      expect(frames.map(facts)).toEqual([
        ['changed', expect.stringContaining('file 0644 ')],
        ['ok', undefined],
      ]);
      expect(statSync(path).mode & 0o7777).toBe(0o644);
    });

    test('is looked at before it is changed, by whatever name', async () => {
      const [path, link] = [join(folder, 'f'), join(folder, 'l')];
      const frames = await host.together(
        [
          sh`ln -s . ${link}`,
          sh`kp_write ${path} x 0644 '' '' && kp_facts ${path}`,
          sh`kp_stat ${`${link}/f`}; kp_attributes ${`${link}/f`} 0600 '' '' && kp_facts ${`${link}/f`}`,
          sh`:`,
        ].map((body) => ({ body, looks: [] })),
      );
      expect(frames.slice(1, 3).map(facts)).toEqual([
        ['changed', expect.stringContaining('file 0644 ')],
        ['changed', expect.stringContaining('file 0600 ')],
      ]);
      expect(statSync(path).mode & 0o7777).toBe(0o600);
    });

    test('fails the step where that cannot be done, and nothing more is done', async () => {
      const path = join(folder, 'f');
      const hindered = sh`${settled(path)}; chmod() { echo no >&2; return 5; }`;
      const frames = host.eachTogether(
        [hindered, sh`:`].map((body) => ({ body, looks: [] })),
        { mayFail: false },
      );
      const next = host.run(sh`:`, { mayFail: false });
      const [first] = await Promise.all(frames);
      expect([first?.status, first && fieldsOf(first)]).toEqual([
        'failed',
        expect.objectContaining({ output: 'no', rc: '5', stat: expect.stringContaining('file 0600 ') }),
      ]);
      expect((await next).status).toBe('discarded');
    });
  });

  test('an answer that is held back leaves before the shell does as it is told', async () => {
    const steps = [
      { body: sh`:`, looks: [] },
      { body: sh`kill -TERM $$`, looks: [] },
      { body: sh`printf x >${join(folder, 'third')}`, looks: [] },
    ];
    const [one, two] = host.eachTogether(steps);
    expect([(await one)?.status, (await two)?.status]).toEqual(['ok', 'ok']);
    await host.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a binary file of the same length is not mistaken for the text', async () => {
    const file = join(folder, 'f');
    writeFileSync(file, 'ab\0');
    expect((await host.run(sh`kp_write ${file} ${'abc'} '' '' ''`)).status).toBe('changed');
    writeFileSync(file, 'ab\0');
    expect((await host.run(sh`kp_write ${file} ${'ab'} '' '' ''`)).status).toBe('changed');
  });

  test('check mode writes nothing, and later steps see what would have been written', async () => {
    const file = join(folder, 'f');
    const check = { check: true };
    expect((await host.run(sh`kp_write ${file} ${'text'} 0600 '' ''`, check)).status).toBe('changed');
    expect((await host.run(sh`kp_write ${file} ${'text'} 0600 '' ''`, check)).status).toBe('ok');
    expect((await host.run(sh`kp_write ${file} ${'text'} 0644 '' ''`, check)).status).toBe('changed');
    expect((await host.run(sh`kp_write ${join(folder, 'no/where')} x '' '' ''`, check)).status).toBe('unknown');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a failing command is reported with its words, exit code and output', async () => {
    const frame = await host.run(sh`kp_try sh -c ${'echo broken >&2; exit 3'}`);
    expect(fieldsOf(frame)).toMatchObject({ rc: '3', output: 'broken', msg: 'sh failed with exit code 3' });
  });

  test('the environment of a step ends with it', async () => {
    const body = sh`kp_set seen "$\{KP_X-unset}"`;
    const first = await host.run(body, { environment: { KP_X: "it's $HOME" } });
    expect(fieldsOf(first).seen).toBe("it's $HOME");
    expect(fieldsOf(await host.run(body)).seen).toBe('unset');
  });

  test('a half-received program is never executed', async () => {
    const marker = join(folder, 'ran');
    const child = new ShellHost(argv);
    const text = sh`kp_task() {\n: >${marker}`;
    void child.run(text);
    await child.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
