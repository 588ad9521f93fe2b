import { renderDiagnostic } from '../../src/report/diagnostics.js';
import { hideSecrets } from '../../src/report/hide-secrets.js';

describe('lines of files are shown without what is called a secret', () => {
  test.each([
    ['a ansible_password=Secret123 ansible_port=22', 'a ansible_password=********* ansible_port=22'],
    [`a ansible_become_pass='Se cret' x=1`, `a ansible_become_pass='** ****' x=1`],
    ['  - {user: {name: x, password: "Secret", state: y}}', '  - {user: {name: x, password: "******", state: y}}'],
    ['bootstrap_token: abcdef.0123456789abcdef', 'bootstrap_token: ***********************'],
    ['"vault_secret": "x\\"y"', '"vault_secret": "**"*"'],
  ])('%s', (line, shown) => {
    expect(hideSecrets(line)).toHaveLength(line.length);
    if (!line.includes('\\')) expect(hideSecrets(line)).toBe(shown);
    expect(hideSecrets(line)).not.toMatch(/Secret\d|Secret"|0123|x\\"y/);
  });

  test.each([
    'password: "{{ vault }}"',
    'token: !vault |',
    'ansible_ssh_private_key_file=/root/key',
    'tokens are here',
    'password:',
  ])('%s stays', (line) => {
    expect(hideSecrets(line)).toBe(line);
  });
});

test('an excerpt under a diagnostic shows no password, and its mark stays where it belongs', () => {
  const line = 'a ansible_password=Secret123 foo';
  const diagnostic = {
    severity: 'error' as const,
    code: 'x',
    message: 'bad',
    position: { file: 'f', line: 1, column: 30, length: 3 },
  };
  const text = renderDiagnostic(diagnostic, () => line, { color: false });
  expect(text).toContain('a ansible_password=********* foo');
  expect(text).toMatch(/\n {4}\| {30}\^~~/);
});
