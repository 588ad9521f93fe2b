import { homedir } from 'node:os';
import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

const run = async (tasks: readonly unknown[], args: readonly string[] = []) => {
  const playbook = [{ hosts: 'all', gather_facts: false, tasks }];
  const files = { 'hosts.ini': localHosts(['h1']), 'playbook.yml': JSON.stringify(playbook) };
  const { hosts } = await runPlaybookFiles({ files, args });
  return (hosts.h1 ?? []).map(({ result, status }) => ({ ...result, status }));
};

describe('a path on the host', () => {
  test('may begin with ~, the home of the user the task runs as', async () => {
    const [found] = await run([{ stat: { path: '~' } }]);
    expect(found).toMatchObject({ stat: { path: homedir(), isdir: true } });
  });

  test('may begin with ~user, and stays as it is where there is no such user', async () => {
    const [root, nobody] = await run([{ stat: { path: '~root/' } }, { stat: { path: '~nobody.at.all/x' } }]);
    expect(root).toMatchObject({ stat: { exists: true, path: '/root/' } });
    expect(nobody).toMatchObject({ stat: { exists: false } });
  });

  test("may hold variables of the task's environment and of the host; unknown ones stay as they are", async () => {
    const environment = { KPROV_PLACE: "it's/here" };
    const [own, missing] = await run([
      { copy: { content: 'x', dest: '{{ playbook_dir }}/out/$KPROV_PLACE' }, environment, ignore_errors: true },
      { stat: { path: '/etc/$KPROV_NO_SUCH_VARIABLE' } },
    ]);
    expect(String((own as Record<string, unknown>).msg)).toContain("/out/it's");
    expect(missing).toMatchObject({ stat: { exists: false } });
  });

  test('may be one of a list', async () => {
    const environment = { KPROV_PLACE: '/etc/ssl' };
    const [found] = await run([
      { find: { paths: ['~', '$KPROV_PLACE'], patterns: '.profile,openssl.cnf', hidden: true }, environment },
    ]);
    const names = (found as { files?: { path: string }[] }).files?.map(({ path }) => path);
    expect(names).toContain('/etc/ssl/openssl.cnf');
    expect((found as { skipped_paths?: object }).skipped_paths).toEqual({});
  });

  test('is asked for once, in check mode as well', async () => {
    const [found] = await run([{ stat: { path: '$HOME' }, loop: [1, 2], register: 'x' }], ['--check']);
    expect(found).toMatchObject({ results: [{ stat: { path: homedir() } }, { stat: { path: homedir() } }] });
  });
});
