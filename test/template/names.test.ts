import { readdirSync, readFileSync } from 'node:fs';
import { builtinFilters } from '../../src/template/filters/index.js';
import { refusedFilters } from '../../src/template/filters/refused.js';
import { builtinTestsByName } from '../../src/template/tests/index.js';

/** What `ansible-doc -t filter -l` of ansible-core 2.14 to 2.17 names in ansible.builtin. */
const coreFilters =
  `b64decode b64encode basename bool checksum combinations combine comment commonpath dict2items difference dirname
   expanduser expandvars extract fileglob flatten from_json from_yaml from_yaml_all hash human_readable human_to_bytes
   intersect items2dict log mandatory md5 normpath password_hash path_join permutations pow product quote random realpath
   regex_escape regex_findall regex_replace regex_search rekey_on_member relpath root sha1 shuffle split splitext strftime
   subelements symmetric_difference ternary to_datetime to_json to_nice_json to_nice_yaml to_uuid to_yaml type_debug union
   unique unvault urldecode urlsplit vault win_basename win_dirname win_splitdrive zip zip_longest`.split(/\s+/);

/** Those of Jinja2 3.1. */
const jinjaFilters =
  `abs attr batch capitalize center count d default dictsort e escape filesizeformat first float forceescape format groupby
   indent int items join last length list lower map max min pprint random reject rejectattr replace reverse round safe
   select selectattr slice sort string striptags sum title tojson trim truncate unique upper urlencode urlize wordcount
   wordwrap xmlattr`.split(/\s+/);

/** `ansible-doc -t test -l` of 2.14 to 2.17, then Jinja2's. */
const coreTests =
  `abs all any change changed contains directory exists failed failure falsy file finished is_abs is_dir is_file is_link
   is_mount is_same_file isnan issubset issuperset link link_exists match mount nan reachable regex same_file search skip
   skipped started subset succeeded success successful superset truthy unreachable uri url urn vault_encrypted version
   version_compare boolean callable defined divisibleby eq equalto escaped even false filter float ge greaterthan gt in
   integer iterable le lessthan lower lt mapping ne none number odd sameas sequence string test true undefined
   upper`.split(/\s+/);

/** Their answers are shown elsewhere: test/vault, test/engine/passwords, test/template/network.test.ts. */
const provenElsewhere = new Set(['vault', 'unvault', 'password_hash', 'shuffle', 'random']);

const folder = new URL('./cases/', import.meta.url);
const golden = readdirSync(folder)
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');

const refused = new Set(Object.keys(refusedFilters));

test.each([...new Set([...coreFilters, ...jinjaFilters])])('the filter %s is there, or refused by name', (name) => {
  expect(builtinFilters().has(name)).toBe(true);
});

test.each(
  [...new Set([...coreFilters, ...jinjaFilters])].filter((name) => !refused.has(name) && !provenElsewhere.has(name)),
)('the filter %s is compared with Ansible', (name) => {
  expect(golden).toMatch(new RegExp(`\\|\\s*(?:ansible\\.\\w+\\.)?${name}\\b|map\\('${name}'`));
});

test.each(coreTests)('the test %s is there and compared with Ansible', (name) => {
  expect(builtinTestsByName().has(name)).toBe(true);
  expect(golden).toMatch(new RegExp(`\\bis (?:not )?(?:ansible\\.\\w+\\.)?${name}\\b|'${name}'`));
});

test('what is refused says so by name, and why', () => {
  expect([...refused].sort()).toEqual([
    'fileglob',
    'password_hash',
    'pprint',
    'unvault',
    'urlize',
    'vault',
    'vaulted',
    'win_basename',
    'win_dirname',
    'win_splitdrive',
  ]);
});
