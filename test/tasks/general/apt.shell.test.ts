import fc from 'fast-check';
import { apt } from '../../../src/tasks/general/apt.js';
import { Doubles } from '../../support/doubles.js';
import { shells } from '../../support/shells.js';
import { TaskHost } from '../../support/task-cases.js';

const installed = (name: string, version: string) =>
  [name, `${name}:amd64`].map((n) => `printf '${n}\\tinstalled\\t${version}\\n'`).join('\n');

describe.each(shells)('apt in %s', (_name, argv) => {
  let doubles: Doubles;
  let host: TaskHost;
  beforeEach(() => {
    doubles = new Doubles();
    doubles.add('dpkg-query', `${installed('nano', '7.2-1')}\n${installed('curl', '7.88.1-10')}`);
    doubles.add('apt-mark', ':');
    doubles.add('apt-get', 'echo Setting up something');
    host = new TaskHost(argv, doubles.env);
  });
  afterEach(async () => {
    await host.close();
    doubles.remove();
  });
  const aptGet = () => doubles.calls().filter(([name]) => name === 'apt-get');
  const packagesOf = (call: string[] | undefined) => call?.slice(call.indexOf('--') + 1);

  test('where everything is installed, one dpkg-query is all that runs', async () => {
    const run = await host.run(apt, { name: ['nano', 'curl:amd64', 'nano=7.2*'] }, { diff: false });
    expect(run.status).toBe('ok');
    expect(doubles.calls().map(([name]) => name)).toEqual(['dpkg-query']);
  });

  test('what is missing or has another version goes into one apt-get call', async () => {
    const run = await host.run(apt, { name: 'nano,tree,curl=8.*,jq=1.6' }, { diff: false });
    expect(run.status).toBe('changed');
    expect(aptGet()).toHaveLength(1);
    expect(packagesOf(aptGet()[0])).toEqual(['tree', 'curl=8.*', 'jq=1.6']);
  });

  test('the options that were asked for reach apt-get, ahead of the command', async () => {
    const args = { name: 'tree', allow_downgrade: true, allow_change_held_packages: true, install_recommends: false };
    await host.run(apt, { ...args, default_release: 'stable' }, { diff: false });
    const [call = []] = aptGet();
    expect(call).toEqual(
      expect.arrayContaining([
        '-y',
        'DPkg::Lock::Timeout=60',
        'Dpkg::Options::=--force-confold',
        'APT::Install-Recommends=no',
        '--allow-downgrades',
        '--allow-change-held-packages',
      ]),
    );
    expect(call.slice(call.indexOf('-t'), call.indexOf('-t') + 2)).toEqual(['-t', 'stable']);
  });

  test('check mode only simulates, and later tasks of the run see the package', async () => {
    doubles.add('apt-get', "echo 'Inst tree (2.1 Debian:12 [amd64])'");
    const first = await host.run(apt, { name: 'tree' }, { check: true });
    expect([first.status, first.diff[0]?.after]).toEqual(['changed', 'tree 2.1\n']);
    expect(aptGet().every((call) => call.includes('-s'))).toBe(true);
    expect((await host.run(apt, { name: 'tree=2.*' }, { check: true })).status).toBe('ok');
    expect((await host.run(apt, { name: 'tree', state: 'absent' }, { check: true })).status).toBe('changed');
    expect((await host.run(apt, { name: 'tree', state: 'absent' }, { check: true })).status).toBe('ok');
  });

  test('a package that apt does not know cannot be judged in check mode, and fails a real run', async () => {
    doubles.add('apt-get', "echo 'E: Unable to locate package tree' >&2; exit 100");
    expect((await host.run(apt, { name: 'tree' }, { check: true })).status).toBe('unknown');
    const run = await host.run(apt, { name: 'tree' });
    expect([run.status, run.result.msg]).toEqual([
      'failed',
      'apt-get failed with exit code 100: Unable to locate package tree',
    ]);
  });

  test.each([
    [
      'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)',
      'apt is in use: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)',
    ],
    [
      "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
      'an earlier dpkg was interrupted and left packages half configured; run on the host: dpkg --configure -a',
    ],
  ])('%s is explained', async (output, msg) => {
    doubles.add('apt-get', `cat <<'X'\n${output}\nX\nexit 100`);
    const run = await host.run(apt, { name: 'tree' }, { diff: false });
    expect([run.status, run.result.msg]).toEqual(['failed', msg]);
  });

  test('a virtual package that is provided already changes nothing', async () => {
    doubles.add('apt-get', "echo '0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.'");
    expect((await host.run(apt, { name: 'awk' }, { diff: false })).status).toBe('ok');
  });

  test('any name arrives at apt-get unharmed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (name) => {
        fc.pre(!/[\0\u0001=<>*?[/,]/.test(name) && name.trim() === name && Buffer.from(name).toString() === name);
        doubles.forget();
        await host.run(apt, { name: [name] }, { diff: false });
        expect(packagesOf(aptGet()[0])).toEqual([name]);
      }),
      { numRuns: 40 },
    );
  });
});
