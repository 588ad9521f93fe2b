import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kprov, program } from '../support/kprov.js';

test.each(['up', 'reset'])('the built program finds the playbook of kprov %s', async (command) => {
  const { code, stdout, stderr } = await kprov([command, '-i', 'one,', '--list-tasks'], { cwd: '/' });
  expect({ code, said: stdout + stderr }).toEqual({
    code: 0,
    said: expect.stringMatching(/playbook: \S+\/playbooks\/(cluster|reset)\.yml\n/),
  });
});

test.each<[string, number, RegExp]>([
  ['shows its live tree in a terminal', 100, /✔.* one .*1 ok[\s\S]*PLAY RECAP/],
  ['shows plain lines in one that has no width', 0, /TASK \[[\s\S]*ok:.*one[\s\S]*PLAY RECAP/],
])('the built program %s', (_sentence, columns, lines) => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-live-'));
  try {
    writeFileSync(join(folder, 'hosts.ini'), 'one ansible_connection=local\n');
    writeFileSync(
      join(folder, 'site.yml'),
      '- {hosts: all, gather_facts: false, tasks: [{command: sleep 0.5, changed_when: false}]}\n',
    );
    const line = `stty cols ${columns} rows 30; '${process.execPath}' '${program}' up -i hosts.ini site.yml`;
    // A CI job and a dumb terminal are given plain lines, and this test may well run in one.
    const { CI: _, ...elsewhere } = process.env;
    const shown = spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...elsewhere, TERM: 'xterm' },
    });
    expect([shown.status, shown.stdout]).toEqual([0, expect.stringMatching(lines)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a run on many hosts says nothing beside its report', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kprov-many-'));
  try {
    writeFileSync(join(folder, 'hosts.ini'), 'h[01:15] ansible_connection=local\n');
    writeFileSync(join(folder, 'site.yml'), '- {hosts: all, gather_facts: false, tasks: [{command: "true"}]}\n');
    const { code, stdout, stderr } = await kprov(['up', '-i', 'hosts.ini', 'site.yml'], { cwd: folder });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/h15 .*changed=1/)]);
    // Runs of other tests may hold this machine: who waits says so.
    expect(stderr.replace(/^\[h\d+\] another run changes this host, .*\n/gm, '')).toBe('');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
