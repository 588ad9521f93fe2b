import { csvfile, ini, inventoryHostnames, parseCsv } from '../../../src/engine/lookups/tables.js';
import type { Mapping, Value } from '../../../src/values/index.js';

const files: Record<string, string> = {
  'u.csv': 'name,age\r\nann,30\nbob,"4""0,\nx"\n\n',
  'ansible.csv': 'a\tb\tc\nd\te\n',
  'x.ini':
    '[global]\nTop = 1\n[web]\nport: 80\nurl = http://%(host)s/%%\nhost=h\nlong = a\n  b\n# c\n[DEFAULT]\nd = 0\n',
  'p.properties': 'user.name = me\n',
  'flags.ini': '[m]\nskip\nk=v\n',
};
const read = (name: string): string => {
  const content = files[name];
  if (content === undefined) throw new Error(name);
  return content;
};

test.each<[string, Value[], Mapping, Value[]]>([
  ['the second column of tabs by default', ['a'], {}, ['b']],
  ['another column', ['a'], { col: 2 }, ['c']],
  ['quotes, commas and newlines within', ['bob'], { file: 'u.csv', delimiter: ',' }, ['4"0,\nx']],
  ['settings within the term, as of old', ['ann file=u.csv delimiter=,'], {}, ['30']],
  ['nothing where there is no such row', ['zoe'], { file: 'u.csv', delimiter: ',' }, []],
  ['the default', ['zoe'], { file: 'u.csv', delimiter: ',', default: 'none' }, ['none']],
  ['a row for each term', ['a', 'd'], {}, ['b', 'e']],
])('csvfile gives %s', (_title, terms, kwargs, expected) => {
  expect(csvfile(terms, kwargs, read)).toEqual(expected);
});

test.each<[string, Value[], Mapping, Value[]]>([
  ['an option of the section global', ['top'], { file: 'x.ini' }, ['1']],
  ['one of another section, the colon too', ['port'], { file: 'x.ini', section: 'web' }, ['80']],
  ['values that name others', ['url'], { file: 'x.ini', section: 'web' }, ['http://h/%']],
  ['values of several lines', ['long'], { file: 'x.ini', section: 'web' }, ['a\nb']],
  ['those of DEFAULT everywhere', ['d'], { file: 'x.ini', section: 'web' }, ['0']],
  ['the empty text where there is none', ['none'], { file: 'x.ini' }, ['']],
  ['the default', ['none'], { file: 'x.ini', default: 'x' }, ['x']],
  ['all that an expression begins', ['(port|host)'], { file: 'x.ini', section: 'web', re: true }, ['80', 'h']],
  ['Java properties', ['user.name'], { file: 'p.properties', type: 'properties' }, ['me']],
  ['settings within the term, as of old', ['port section=web file=x.ini'], {}, ['80']],
  ['options without a value', ['skip'], { file: 'flags.ini', section: 'm', allow_no_value: true }, []],
])('ini gives %s', (_title, terms, kwargs, expected) => {
  expect(ini(terms, kwargs, read)).toEqual(expected);
});

test.each<[string, () => unknown, RegExp]>([
  [
    'a section that is not there',
    () => ini(['a'], { file: 'x.ini', section: 'no' }, read),
    /No section 'no' in x\.ini/,
  ],
  ['an option of ini that is none', () => ini(['a'], { fil: 'x.ini' }, read), /fil is not a valid option/],
  ['a line without a value', () => ini(['k'], { file: 'flags.ini', section: 'm' }, read), /parsing errors: skip/],
  ['a column that is not there', () => csvfile(['a'], { col: 9 }, read), /no column 9/],
  ['an option of csvfile that is none', () => csvfile(['a'], { column: 9 }, read), /column is not a valid option/],
])('%s', (_title, run, message) => {
  let said = '';
  try {
    run();
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).toMatch(message);
});

const groups = { all: ['w1', 'w2', 'd1'], web: ['w1', 'w2'], db: ['d1'], ungrouped: [] };
test.each<[string, string[]]>([
  ['all', ['w1', 'w2', 'd1']],
  ['all:!web', ['d1']],
  ['!web', ['d1']],
  ['web,d1', ['w1', 'w2', 'd1']],
  ['all:&web', ['w1', 'w2']],
  ['w*', ['w1', 'w2']],
  ['~w[12]', ['w1', 'w2']],
  ['web[0]', ['w1']],
  ['web[-1]', ['w2']],
  ['all[0:1]', ['w1', 'w2']],
  ['none', []],
])('inventory_hostnames of %s', (pattern, hosts) => {
  expect(inventoryHostnames([pattern], groups)).toEqual(hosts);
});

test('a CSV text without a newline at its end, and with empty fields', () => {
  expect(parseCsv('a,,b\n"",c', ',')).toEqual([
    ['a', '', 'b'],
    ['', 'c'],
  ]);
});

test('where case counts a name in other letters is another', () => {
  expect(ini(['top'], { file: 'x.ini', case_sensitive: true }, read)).toEqual(['']);
});
