import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { localHosts, runPlaybookFiles } from '../../support/run-playbook.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kprov-jobs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (tasks: unknown, settings: Record<string, string> = {}, args: string[] = []) =>
  runPlaybookFiles({
    args,
    files: {
      'hosts.ini': localHosts(['h1']),
      'playbook.yml': JSON.stringify([{ hosts: 'h1', gather_facts: false, tasks }]),
    },
    settings,
  });

test.each(['cleanup', 'status'])('mode %s does not leave the folder of jobs by the name of a job', async (mode) => {
  const { hosts } = await run([
    { async_status: { jid: '../kept', mode }, vars: { ansible_async_dir: join(folder, 'jobs') }, ignore_errors: true },
    { file: { path: join(folder, 'kept'), state: 'directory' } },
    { async_status: { jid: '../kept', mode }, vars: { ansible_async_dir: join(folder, 'jobs') }, ignore_errors: true },
  ]);
  expect(hosts.h1?.map(({ status }) => status)).toEqual(['failed', 'changed', 'failed']);
  expect(hosts.h1?.[2]?.result.msg).toContain("is no job's name");
  expect(existsSync(join(folder, 'kept'))).toBe(true);
});

test('the configuration may name the folder of jobs; a name with blanks and quotes is a name', async () => {
  const jobs = join(folder, `it's "a" place`);
  const { hosts } = await run([{ command: 'echo hello', async: 30, poll: 0, register: 'job' }], {
    ANSIBLE_ASYNC_DIR: jobs,
  });
  const file = String(hosts.h1?.[0]?.result.results_file);
  expect(file).toBe(join(jobs, String(hosts.h1?.[0]?.result.ansible_job_id)));
  expect(readdirSync(jobs)).toEqual([basename(file)]);
});

test('a dry run judges a job at once, and tells who asks for it the same', async () => {
  const { hosts } = await run(
    [
      { file: { path: join(folder, 'new'), state: 'directory' }, async: 30, poll: 0, register: 'job' },
      { async_status: { jid: '{{ job.ansible_job_id }}' }, register: 'done', until: 'done is finished' },
      { debug: { msg: '{{ job is changed }} {{ done is changed }} {{ done.ansible_job_id == job.ansible_job_id }}' } },
      { async_status: { jid: '{{ job.ansible_job_id }}', mode: 'cleanup' } },
      { command: 'echo seen', check_mode: false, async: 30, poll: 0, register: 'real' },
      { async_status: { jid: '{{ real.ansible_job_id }}' }, register: 'seen', until: 'seen is finished', delay: 1 },
      { debug: { msg: '{{ seen.stdout }}' } },
    ],
    { ANSIBLE_ASYNC_DIR: join(folder, 'jobs') },
    ['--check'],
  );
  expect(hosts.h1?.map(({ status }) => status)).toEqual(['changed', 'changed', 'ok', 'ok', 'changed', 'changed', 'ok']);
  expect(hosts.h1?.[2]?.result.msg).toBe('True True True');
  expect(hosts.h1?.[6]?.result.msg).toBe('seen');
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

test('whoever waits for a job is told how it is doing, on a line of the task', async () => {
  const { events } = await run([{ command: 'sleep 1.5', async: 30, poll: 1 }]);
  const told = events.flatMap((event) => (event.type === 'notice' && event.task?.action === 'command' ? [event] : []));
  expect(told.map(({ message }) => message.replace(/jid=j\d+\.\d+/, 'jid=ID'))).toEqual([
    'ASYNC POLL on h1: jid=ID started=1 finished=0',
    'ASYNC OK on h1: jid=ID',
  ]);
});
