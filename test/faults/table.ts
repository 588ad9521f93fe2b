// What README.md shows of mutations.json. `npx tsx test/faults/table.ts` writes it there.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

export interface Row {
  /** The property. */
  row: string;
  file: string;
  /** Names of the tests that prove it (RegExp). */
  test: string;
  /** What the mutation does to the product. */
  breaks: string;
  in: string;
  /** The day on which `--mutate` last saw the test fail. */
  seen?: string;
}

const [begin, end] = ['```text\n', '```\n'];

const show = ({ row, file, test, breaks, in: path, seen }: Row): string =>
  `${row}\n    test      ${file}: ${test}\n    mutation  ${breaks} (${path.replace(/^src\//, '')})${seen ? '' : ', not seen to fail it yet'}\n`;

/** A text with the rows in its one block of text. */
export function withTable(text: string, rows: readonly Row[]): string {
  const from = text.indexOf(begin) + begin.length;
  return text.slice(0, from) + rows.map(show).join('') + text.slice(text.indexOf(end, from));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const rows: Row[] = JSON.parse(readFileSync('test/faults/mutations.json', 'utf8'));
  const path = 'test/faults/README.md';
  writeFileSync(path, withTable(readFileSync(path, 'utf8'), rows));
}
