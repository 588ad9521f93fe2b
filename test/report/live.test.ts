import type { RunEvent } from '../../src/engine/index.js';
import { LiveReport } from '../../src/report/live.js';
import { painter } from '../../src/report/text.js';
import { done, ended, play, resultOf, started, stats, taskAt } from './events.js';

/** A terminal that obeys what log-update writes: erased lines, and the cursor. */
class Screen {
  lines: string[] = [''];
  columns = 100;
  rows = 30;
  raw = '';
  #row = 0;

  readonly write = (text: string): boolean => {
    this.raw += text;
    for (const [, sequence, characters] of text.matchAll(/\u001b\[(\d*[A-Z]|\?\d+[hl])|([^\u001b]+)/g)) {
      if (sequence === '2K') this.lines[this.#row] = '';
      else if (sequence?.endsWith('A')) this.#row = Math.max(0, this.#row - Number(sequence.slice(0, -1) || 1));
      for (const [index, part] of (characters ?? '').split('\n').entries()) {
        if (index > 0) this.#row++;
        this.lines[this.#row] = (this.lines[this.#row] ?? '') + part;
      }
    }
    return true;
  };

  get text(): string {
    return this.lines.join('\n').trimEnd();
  }
}

const [prepare, slow] = [taskAt(5, 'Prepare'), taskAt(6, 'Slow step')];
const tick = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let open: LiveReport | undefined;
afterEach(() => open?.close());

function live(screen: Screen) {
  const report = new LiveReport({
    stdout: screen as unknown as NodeJS.WriteStream,
    paint: painter(false),
    verbosity: 0,
    showDiff: false,
    columns: 100,
    write: () => undefined,
    writeError: () => undefined,
    now: () => performance.now(),
  });
  open = report;
  const see = (...events: RunEvent[]) => {
    for (const event of events) report.listen(event);
  };
  return { report, see };
}

/** Rows without the mark in front of them. */
const rowsOf = (screen: Screen) => screen.text.split('\n').map((line) => line.replace(/^\W+/, ''));

test('rows move, failures stay above them, and the recap comes last', async () => {
  const screen = new Screen();
  const { report, see } = live(screen);
  see(play('Machines', ['n1', 'n2']), started('n1', prepare), started('n2', prepare));
  await tick(600);
  expect(rowsOf(screen)).toEqual(['', 'PLAY [Machines]', 'n1  Prepare', 'n2  Prepare']);
  see({ type: 'progress', host: 'n1', task: prepare, stream: 'stdout', text: 'half\nway \u001b[2Jthere\n' });
  see(...done('n2', prepare, resultOf('failed', { message: 'disk: No space left on device' })), ended('n2', 'failed'));
  await tick(400);
  expect(screen.text).toContain(
    'fatal: [n2]: FAILED! => disk: No space left on device\n    task      Prepare (site.yml:5)',
  );
  expect(rowsOf(screen).slice(-3)).toEqual(['n1  Prepare', 'way \\x1b[2Jthere', 'n2  failed: Prepare']);
  see(...done('n1', prepare, resultOf('changed')), ...done('n1', slow, resultOf('ok')), ended('n1'));
  see({ type: 'run-finished', stats: new Map([['n1', stats({ ok: 2 })]]), durationMs: 1 });
  await report.close();
  expect(screen.text).toMatch(/n1 {2}2 ok, 1 changed\n.*n2 {2}failed: Prepare\n\nPLAY RECAP\nn1 /);
  expect(screen.text.match(/FAILED!/g)).toHaveLength(1);
});

test('more hosts than the window has rows share rows, also when the window shrinks in the middle', async () => {
  const screen = new Screen();
  const { report, see } = live(screen);
  const hosts = ['n1', 'n2', 'n3', 'n4', 'n5'];
  see(play('P', hosts), ...hosts.map((host) => started(host, slow)));
  await tick(500);
  expect(screen.text).toContain('n5  Slow step');
  screen.rows = 12;
  await tick(800);
  expect(rowsOf(screen).at(-1)).toMatch(/^Slow step {2}\d s {2}5 hosts: n1, n2, n3, n4, n5$/);
  expect(screen.text).not.toContain('n5  Slow step');
  await report.close();
});

test('a question takes the place of the rows, which come back after it', async () => {
  const screen = new Screen();
  const { report, see } = live(screen);
  see(play('P', ['n1']), started('n1', slow));
  await tick(500);
  let during = '';
  const answer = await report.aside(async () => {
    screen.write('Password: \n');
    await tick(500);
    during = screen.text;
    return 'typed';
  });
  expect(answer).toBe('typed');
  expect(during).toMatch(/Password:$/);
  await tick(300);
  expect(screen.text).toMatch(/Password: \n.*n1 {2}Slow step/);
  await report.close();
});
