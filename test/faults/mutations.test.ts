import { existsSync, readFileSync } from 'node:fs';
import { type Row, withTable } from './table.js';

interface Edit {
  in: string;
  from: string;
  to: string;
}
const rows: (Row & Edit & { only?: string; also?: Edit })[] = JSON.parse(
  readFileSync('test/faults/mutations.json', 'utf8'),
);

test.each(rows)(
  '$row: what is broken on purpose stands in the sources, once',
  ({ file, test, only, also, seen, ...edit }) => {
    for (const { in: path, from, to } of [edit, ...(also ? [also] : [])]) {
      expect({ path, from, times: readFileSync(path, 'utf8').split(from).length - 1 }).toEqual({
        path,
        from,
        times: 1,
      });
      expect(to).not.toBe(from);
    }
    expect(seen ?? '2026-01-01').toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(existsSync(`test/faults/${file}.faults.ts`)).toBe(true);
    expect(() => [RegExp(test), RegExp(only ?? '')]).not.toThrow();
  },
);

test('README.md shows them', () => {
  const text = readFileSync('test/faults/README.md', 'utf8');
  expect(withTable(text, rows)).toBe(text);
});
