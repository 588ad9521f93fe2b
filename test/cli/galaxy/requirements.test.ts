import { readRequirements } from '../../../src/cli/galaxy/requirements.js';
import { InputError } from '../../../src/errors/index.js';
import { memoryFiles } from '../../inventory/memory.js';

const read = (text: string, roles: readonly string[] = [], skipsCollections = false) =>
  readRequirements(
    { file: '/w/r.yml', roles, skipsCollections },
    memoryFiles({ 'r.yml': text, 'roles/own/tasks/main.yml': '', 'more.yml': '- src: git+https://x.org/more.git\n' }),
  );

function refusalsOf(text: string, roles: readonly string[] = []): string[] {
  try {
    read(text, roles);
  } catch (error) {
    if (error instanceof InputError) return error.diagnostics.map(({ code, message }) => `${code}: ${message}`);
    throw error;
  }
  return [];
}

test.each([
  [
    'a URL',
    '- src: https://x.org/a/ansible-role-web.git\n',
    'ansible-role-web git https://x.org/a/ansible-role-web.git undefined',
  ],
  ['git+', '- src: git+file:///srv/web\n', 'web git file:///srv/web undefined'],
  ['scm: git', '- {src: "host:web", scm: git, version: v1, name: w}\n', 'w git host:web v1'],
  ['user@host:path', '- src: git@x.org:a/web.git\n  version: main\n', 'web git git@x.org:a/web.git main'],
  [
    'a version that YAML reads as a number',
    '- src: https://x.org/web.git\n  version: 1.10\n',
    'web git https://x.org/web.git 1.10',
  ],
  ['a name in old style', '- role: x\n  src: /srv/roles/web\n', 'x path /srv/roles/web undefined'],
  ['a path', '- src: ./roles/own\n', 'own path /w/roles/own undefined'],
  ['a path beside the file', '- roles/own\n', 'own path /w/roles/own undefined'],
  ['a line', '- https://x.org/web.git,v2,nice\n', 'nice git https://x.org/web.git v2'],
  ['roles below their key', 'roles:\n- src: /srv/web\n', 'web path /srv/web undefined'],
  ['another file', '- include: more.yml\n', 'more git https://x.org/more.git undefined'],
])('a role is named by %s', (_, text, expected) => {
  const [first, second] = read(text).requirements;
  expect(`${first?.name} ${first?.kind} ${first?.source} ${first?.version}`).toBe(expected);
  expect(second).toBeUndefined();
});

test('roles of the command line count too', () => {
  expect(read('roles: []\n', ['git+https://x.org/web.git,v1']).requirements).toEqual([
    { name: 'web', kind: 'git', source: 'https://x.org/web.git', version: 'v1' },
  ]);
});

test.each([
  [
    'a source that git would take for an option',
    '- {src: "--upload-pack=id", scm: git, name: a}\n',
    'bad-source: `--upload-pack=id` begins with `-`',
  ],
  ['a version likewise', '- {src: "https://x.org/a.git", version: "-f"}\n', 'bad-source: `-f` begins with `-`'],
  [
    'a name that leads elsewhere',
    '- {src: "https://x.org/a.git", name: "../a"}\n',
    'bad-role-name: `../a` cannot be the name of a role',
  ],
  [
    'a role of a Galaxy server',
    '- geerlingguy.docker\n',
    'unsupported-source: the role `geerlingguy.docker` of Ansible Galaxy',
  ],
  ['an archive', '- src: https://x.org/a.tar.gz\n', 'unsupported-source: `https://x.org/a.tar.gz` is an archive'],
  ['another kind of repository', '- {src: a, scm: hg}\n', 'unsupported-source: `scm: hg` is not supported'],
  [
    'a collection',
    'collections:\n- name: cisco.ios\n',
    'unsupported-collection: the collection `cisco.ios` is not supported',
  ],
  ['an unknown key', '- {src: /a, branch: x}\n', 'unknown-keyword: unknown key `branch` of a required role'],
  ['an unknown key of the file', 'rolls: []\n', 'unknown-keyword: unknown key `rolls` of a file of requirements'],
  ['a role without a source', '- {version: v1}\n', 'missing-source: Must specify name or src for role'],
  ['an empty file', '', "no-requirements: No requirements found in file '/w/r.yml'"],
])('%s is refused by name', (_, text, expected) => {
  expect(refusalsOf(text)).toEqual([expected]);
});

test('collections of which modules are built in are noted; all of them where only roles are wanted', () => {
  const text = 'collections:\n- ansible.posix\n- community.general:>=1\nroles: []\n';
  expect(read(text).notes).toHaveLength(2);
  expect(read('collections: [cisco.ios]\n', [], true).notes).toEqual(['- collection cisco.ios is left out']);
});
