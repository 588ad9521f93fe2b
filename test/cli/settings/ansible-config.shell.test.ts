import { execFileSync } from 'node:child_process';
import { harmlessSections, harmlessVariables } from '../../../src/cli/settings/harmless.js';
import { settings } from '../../../src/cli/settings/table.js';
import { isMapping, type Mapping, type Value } from '../../../src/values/index.js';
import { parseYaml } from '../../../src/yaml/index.js';

const listed = (): Mapping => {
  const text = execFileSync('ansible-config', ['list'], { encoding: 'utf8', env: { ...process.env, PAGER: 'cat' } });
  const value = parseYaml(text, 'list').documents[0]?.value ?? null;
  if (!isMapping(value)) throw new Error('ansible-config list gave no mapping');
  return value;
};

const mappings = (value: Value | undefined): Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : []);

test('every setting that ansible-config lists is applied, refused or known to be harmless', () => {
  const variables = new Set(settings.flatMap(({ env }) => env));
  const places = new Set(settings.flatMap(({ ini }) => ini));
  const unknown: string[] = [];
  let count = 0;
  for (const setting of Object.values(listed())) {
    if (!isMapping(setting)) continue;
    for (const { name } of mappings(setting.env)) {
      count++;
      const text = String(name);
      const isOther = !text.startsWith('ANSIBLE_') || harmlessVariables.some(([prefix]) => text.startsWith(prefix));
      if (!isOther && !variables.has(text)) unknown.push(text);
    }
    for (const { section, key } of mappings(setting.ini)) {
      const place = `${section}.${key}`;
      if (!Object.hasOwn(harmlessSections, String(section)) && !places.has(place)) unknown.push(place);
    }
  }
  expect(unknown).toEqual([]);
  expect(count).toBeGreaterThan(100);
});
