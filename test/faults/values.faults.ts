import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { shells } from '../support/shells.js';
import {
  argumentsWith,
  type Cage,
  candidates,
  openCage,
  refusesAll,
  runPrograms,
  textParameters,
} from './every-task.js';

/**
 * No value is ever code: programs of every task are made with values that would leave a mark if a shell read them, and
 * run in check mode, in a shell that finds no program that could change anything. Driven by the parameters that tasks
 * declare: a new task is covered as soon as it is in the list.
 */

/** How a value would break out of every kind of quoting, or be taken for an option. */
const attacks = (mark: string): string[] => [
  `$(: >${mark})`,
  `\`: >${mark}\``,
  `'; : >${mark}; '`,
  `"; : >${mark}; "`,
  `\n: >${mark}\n`,
  `'"'"'$(: >${mark})`,
  `\\'; : >${mark} #`,
  `; : >${mark} #`,
  `| : >${mark}`,
  `x\nEOF\n: >${mark}\n`,
  `\${x:-$(: >${mark})}`,
  `a[$(: >${mark})]`,
  `) : >${mark} (`,
  `}; : >${mark}; {`,
  `-x$(: >${mark})`,
  `--output=${mark}`,
  `@{\`: >${mark}\`}`,
  `*) : >${mark} ;; esac`,
];

/** How the programs that were compiled went: the test must not pass because nothing ran. */
interface Tally {
  ran: number;
  refused: number;
}

test('most tasks are looked at', () => {
  expect(candidates.length).toBeGreaterThan(60);
});

const isShort = process.env.KPROV_FAULTS === 'short';
// The short selection has the first and the last: bash, the slowest, is there in the whole one.
const tried = isShort ? shells.filter(([shell]) => shell !== 'bash') : shells;

describe.each(tried)('no value is code in %s:', (shell, argv) => {
  let opened: Cage;
  let mark: string;

  beforeAll(() => {
    opened = openCage(argv);
    mark = join(opened.folder, 'MARK');
  });
  afterAll(() => opened.close());

  test.each(candidates.map((task) => [task.name, task] as const))('%s', async (_title, task) => {
    const tally: Tally = { ran: 0, refused: 0 };
    const parameters = textParameters(task).map(([name]) => name);
    const prove = async (text: string, names: readonly string[], pick: (count: number) => number): Promise<void> => {
      const args = argumentsWith(task, text, names, pick);
      try {
        if (await runPrograms(task, args, opened)) tally.ran++;
        else tally.refused++;
      } catch (error) {
        // The tests that follow get a shell that answers.
        const silent = opened;
        opened = openCage(argv);
        mark = join(opened.folder, 'MARK');
        await silent.close();
        throw new Error(`${task.name} with ${JSON.stringify(args)}`, { cause: error });
      }
      expect([task.name, args, existsSync(mark)]).toEqual([task.name, args, false]);
      expect(readdirSync(process.cwd()).filter((name) => /MARK/.test(name))).toEqual([]);
    };
    let turn = 0;
    const next = (count: number): number => turn++ % Math.max(count, 1);
    // Each attack in all parameters at once, then each parameter alone, so that a refusal of one hides no other.
    const isThorough = shell === 'dash';
    if (isThorough) for (const text of attacks(mark)) await prove(text, parameters, next);
    for (const [index, name] of isThorough ? parameters.entries() : []) {
      const all = attacks(mark);
      await prove(all[index % all.length] ?? '', [name], next);
    }
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...attacks(mark)),
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.string({ maxLength: 6 }),
        fc.subarray(parameters, { minLength: 1 }),
        fc.nat(),
        (attack, before, after, names, seed) => {
          let at = seed;
          const pick = (count: number): number => {
            at = (at * 31 + 7) % 1009;
            return at % Math.max(count, 1);
          };
          return prove(`${before}${attack}${after}`.replaceAll('\0', ''), names, pick);
        },
      ),
      { numRuns: isShort ? 2 : 4 },
    );
    // A task that refuses all of it has proven nothing.
    const isProven = tally.ran > 0 || refusesAll.has(task.name) || !isThorough;
    expect([task.name, isProven]).toEqual([task.name, true]);
  });
});
