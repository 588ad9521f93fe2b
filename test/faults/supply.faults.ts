import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bed } from './support.js';

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  hasInstallScript?: boolean;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  os?: string[];
  cpu?: string[];
}
/** Where the program under test was built. */
const root = process.env.KPROV_PROGRAM ? join(process.env.KPROV_PROGRAM, '../../..') : process.cwd();
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
const manifest = read('package.json') as Record<'dependencies' | 'devDependencies', Record<string, string>>;
const locked = read('package-lock.json').packages as Record<string, Locked>;
const others = Object.entries(locked).filter(([path]) => path !== '');

describe('what kprov is made of', () => {
  /** What a user installs: without development, without install scripts. */
  const folder = mkdtempSync(join(tmpdir(), 'kprov-faults-'));
  beforeAll(() => {
    // npm lists no packages where those for development are wanted and missing.
    for (const name of ['package.json', 'package-lock.json']) {
      const whole = JSON.parse(readFileSync(name, 'utf8'));
      delete (whole.packages?.[''] ?? whole).devDependencies;
      writeFileSync(join(folder, name), JSON.stringify(whole));
    }
    execFileSync('npm', ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: folder,
      stdio: 'ignore',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('every dependency is pinned to one version', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(versions.length).toBeGreaterThan(10);
  });

  test('every package, those below included, has one version, and a checksum where it is shipped', () => {
    expect(others.filter(([, { link, version }]) => link || !version)).toEqual([]);
    expect(others.filter(([, { dev, integrity }]) => !dev && !/^sha512-/.test(integrity ?? ''))).toEqual([]);
    expect(others.length).toBeGreaterThan(30);
  });

  // That of esbuild, which compiles tasks of the user's own, puts the program in the place of its launcher; both work.
  test('of what is shipped, only optional native code and esbuild have install scripts', () => {
    const scripts = others.filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev).map(([path]) => path);
    expect(scripts.sort()).toEqual(['node_modules/cpu-features', 'node_modules/esbuild', 'node_modules/ssh2']);
    expect(locked['node_modules/cpu-features']?.optional).toBe(true);
  });

  test('npm run sbom lists all that is installed here, with versions, checksums and licences, and nothing else', () => {
    const bill = JSON.parse(
      execFileSync('npm', ['run', '-s', 'sbom'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 2 ** 26,
      }).toString(),
    );
    expect(bill).toMatchObject({
      bomFormat: 'CycloneDX',
      metadata: { component: { purl: expect.stringMatching(/^pkg:npm\/kprov@/) } },
    });
    const listed = (
      bill.components as { name: string; version: string; hashes?: unknown[]; licenses?: unknown[] }[]
    ).map(
      ({ name, version, hashes, licenses }) =>
        `${name} ${version} ${hashes ? 'checksum' : ''} ${licenses ? 'licence' : ''}`,
    );
    const isForHere = ({ os = [process.platform], cpu = [process.arch] }: Locked) =>
      os.includes(process.platform) && cpu.includes(process.arch);
    const shipped = others
      .filter(([, entry]) => !entry.dev && isForHere(entry))
      .map(([path, { version }]) => `${path.replace(/.*node_modules\//, '')} ${version} checksum licence`);
    expect([...new Set(listed)].sort()).toEqual([...new Set(shipped)].sort());
  });

  test('installed without install scripts, kprov works', () => {
    const program = process.env.KPROV_PROGRAM ?? 'dist/cli/main.js';
    cpSync(join(program, '../..'), join(folder, 'dist'), { recursive: true });
    symlinkSync(join(process.cwd(), 'playbooks'), join(folder, 'playbooks'));
    expect(execFileSync('find', [join(folder, 'node_modules'), '-name', '*.node']).toString()).toBe('');
    const compiled = `console.log(require('esbuild').transformSync('const a: number = 1', {loader: 'ts'}).code)`;
    expect(execFileSync(process.execPath, ['-e', compiled], { cwd: folder }).toString()).toMatch(/const a = 1;/);
    const args = ['ping', '-i', join(bed.state, 'inventory/hosts.ini'), 'node1'];
    const said = execFileSync(process.execPath, [join(folder, 'dist/cli/main.js'), ...args], { cwd: folder });
    expect(said.toString()).toMatch(/node1/);
  });
});
