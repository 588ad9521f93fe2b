import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { loadPart } from '../../src/cli/bundle.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const part = (name: string, text: string): void =>
  writeFileSync(join(folder, name), `(function(exports,require,module,__filename,__dirname){${text}})`);

test('a part is run once, whoever imports it, and brings its own exports', () => {
  part('a.js', 'exports.sum = require("./b.js").count() + require("./b.js").count();');
  part('b.js', 'let n = 0; exports.count = () => ++n; exports.path = require("node:path");');
  const { part: load, scripts } = loadPart(folder);
  expect(load('a.js')).toEqual({ sum: 3 });
  expect((load('b.js') as { count(): number }).count()).toBe(3);
  expect([...scripts.keys()]).toEqual(['a.js', 'b.js']);
});

test('compiled code of something else is passed over', () => {
  part('a.js', 'exports.which = "this";');
  writeFileSync(join(folder, 'a.js.cache'), new Script('"another"').createCachedData());
  expect(loadPart(folder).part('a.js')).toEqual({ which: 'this' });
});
