import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { playbookJsonSchema } from '../../src/playbook/json-schema.js';
import { keywords } from '../../src/playbook/keywords.js';
import { parseYaml } from '../../src/yaml/index.js';
import { catalogue } from './catalogue.js';

const validate = new Ajv({ strict: false }).compile(playbookJsonSchema(catalogue));
const read = (text: string): unknown => JSON.parse(JSON.stringify(parseYaml(text, 'f').documents[0]?.value));

test.each(['forms', 'inheritance', 'unsafe'])('the editor schema accepts what the loader accepts: %s', (name) => {
  const text = readFileSync(join(import.meta.dirname, 'cases', `${name}.case`), 'utf8');
  validate(read(text));
  expect(validate.errors).toBeNull();
});

test.each([
  ['an unknown keyword of a play', '- hosts: all\n  tusks: []\n'],
  ['an unknown task', '- hosts: all\n  tasks:\n    - coppy: x\n'],
  ['an unknown parameter', '- hosts: all\n  tasks:\n    - file: {path: /x, stat: file}\n'],
  ['a refused keyword', '- hosts: all\n  accelerate: true\n'],
  ['a word that a keyword does not know', '- hosts: all\n  debugger: sometimes\n'],
  ['a play without hosts', '- tasks: []\n'],
])('the editor schema refuses %s', (_, text) => {
  expect(validate(read(text))).toBe(false);
});

test('every keyword says what it is for', () => {
  expect(keywords.filter(({ description }) => !/\w.*\.$/.test(description))).toEqual([]);
});
