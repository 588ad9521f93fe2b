import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LockRequest, renderLogin, renderStep, renderSteps, sh } from '../../src/shell/index.js';
import { shells } from '../support/shells.js';

const request: LockRequest = { run: 'run1', shell: 'shell1', generation: 1, who: 'alice@laptop since 2026-01-02' };

describe.each(shells)('the lock in %s', (_, argv) => {
  let run = '';
  const children: ChildProcess[] = [];
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'kprov-run-'));
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(run, { recursive: true });
  });

  /** A shell that has been sent its preamble; its words so far, and when they match. */
  function start(lock: LockRequest) {
    const child = spawn(argv[0] ?? 'sh', argv.slice(1), { stdio: 'pipe' });
    children.push(child);
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    child.stdin.on('error', () => undefined);
    child.stdin.write(renderLogin({ method: 'none' }, 'n', lock).input.replaceAll('/run', run));
    const says = async (pattern: RegExp) => {
      for (let i = 0; i < 200 && !pattern.test(said); i++) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(said).toMatch(pattern);
    };
    const ended = new Promise<number | null>((resolve) => child.on('exit', (code) => resolve(code)));
    return { child, says, ended, said: () => said };
  }

  test('a run that a task of the holder has started does not wait for it', async () => {
    const first = start(request);
    await first.says(/ready/);
    const inner = start({ ...request, run: 'run2', who: 'a task', within: 'run0 run1' });
    await inner.says(/@n ready/);
    expect(inner.said()).not.toContain('wait');
  });

  test('another run waits, is told who holds it, and gets it when the holder is killed', async () => {
    const first = start(request);
    await first.says(/@n ready/);
    expect(statSync(join(run, 'kprov')).mode & 0o777).toBe(0o700);
    const second = start({ ...request, run: 'run2', who: 'bob@desk' });
    await second.says(new RegExp(`@n wait alice@laptop since 2026-01-02 \\(process ${first.child.pid} there\\)`));
    expect(second.said()).not.toMatch(/ready/);
    first.child.kill('SIGKILL');
    await second.says(/@n ready/);
  });

  test('another shell of the same run goes on beside it', async () => {
    await start(request).says(/@n ready/);
    await start({ ...request, shell: 'shell2' }).says(/@n ready/);
  });

  test('a shell whose connection was lost in the middle of what it was sent ends, though it holds an answer back', async () => {
    const first = start(request);
    await first.says(/@n ready/);
    const step = { epoch: 0, check: false, diff: false, mayFail: false };
    const texts = ['a', 'b'].map((nonce) => renderStep({ ...step, nonce, body: sh`printf 'in %s\n' ${nonce} >&2` }));
    const whole = renderSteps(texts.map((text) => ({ text, looks: [] })));
    first.child.stdin.write(whole.slice(0, -20));
    let run = '';
    first.child.stderr.on('data', (chunk) => {
      run += chunk;
    });
    for (let i = 0; i < 200 && run === ''; i++) await new Promise((resolve) => setTimeout(resolve, 50));
    await start({ ...request, generation: 2 }).says(/@n ready/);
    expect(run).toBe('in a\n');
    expect(first.said()).not.toContain('@a end');
  });

  test('a later shell of the same name outdoes an earlier one, never the other way round', async () => {
    const first = start(request);
    await first.says(/@n ready/);
    const second = start({ ...request, generation: 2 });
    await second.says(/@n ready/);
    await first.ended;
    const straggler = start(request);
    expect(await straggler.ended).toBe(0);
    expect(straggler.said()).not.toMatch(/ready/);
    expect(second.child.exitCode).toBeNull();
  });
});
