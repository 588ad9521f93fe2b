import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parameterNames } from '../../src/tasks/arguments.js';
import { findTask, refusalOf } from '../../src/tasks/index.js';
import type { Task } from '../../src/tasks/task.js';

/** What ansible-core 2.14 and 2.19 document of their modules, by documented.py: spellings with their choices. */
const documented: Record<string, { parameters: Record<string, string[]>; returns: string[] }> = JSON.parse(
  readFileSync(join(process.cwd(), 'test/tasks/documented.json'), 'utf8'),
);

/** Parameters that Ansible documents for the text after the name, or that say that there are any. */
const noNames = new Set(['free_form', 'free-form', 'key_value', 'others']);

/** Spellings of earlier days, which loading changes into today's with a note. */
const mended: Readonly<Record<string, readonly string[]>> = { unarchive: ['copy'] };

/** Every result has these. */
const everywhere = new Set(['changed', 'failed', 'skipped', 'invocation']);

/** Return values that there is nothing to say in, with the reason. */
const without: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  git: { warnings: 'about a git that is too old, which is a failure' },
  user: { stdout: 'what a command prints is in the message of its failure', stderr: 'likewise' },
};

/** Choices that are not there, with the reason. */
const withoutChoices: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  hostname: Object.fromEntries(
    ['darwin', 'freebsd', 'macos', 'macosx', 'openbsd', 'openrc', 'sles', 'solaris'].map((use) => [
      use,
      'kprov prepares no hosts of this kind',
    ]),
  ),
};

const entries = Object.entries(documented).flatMap(([name, about]) => {
  const task = findTask(name);
  return task === undefined ? [] : [[name, task, about] as const];
});

const choicesOf = (task: Task, spelling: string): string[] | undefined => {
  const schema = task.parameters[parameterNames(task).get(spelling) ?? '']?.schema as { enum?: unknown[] } | undefined;
  return schema?.enum?.map(String);
};

test('every documented module is run or refused', () => {
  const lost = Object.keys(documented).filter(
    (name) => !findTask(name) && refusalOf(`ansible.builtin.${name}`) === undefined,
  );
  expect(lost).toEqual([]);
});

test.each(entries)('every documented parameter of %s is there, or refused with the reason', (name, task, about) => {
  const known = new Set([...parameterNames(task).keys(), ...Object.keys(task.refusedParameters ?? {}), ...noNames]);
  const lost = Object.keys(about.parameters).filter((each) => !known.has(each) && !mended[name]?.includes(each));
  expect(lost).toEqual([]);
});

test.each(entries)('every documented choice of a parameter of %s is one here', (name, task, about) => {
  const meant = withoutChoices[name] ?? {};
  const lost = Object.entries(about.parameters).flatMap(([spelling, wanted]) => {
    const choices = choicesOf(task, spelling);
    return choices === undefined
      ? []
      : wanted.filter((each) => !choices.includes(each) && !(each in meant)).map((each) => `${spelling}: ${each}`);
  });
  expect(lost).toEqual([]);
});

test.each(entries)('every documented return value of %s is one here', (name, task, about) => {
  const told = new Set([...Object.keys(task.returns), ...Object.keys(without[name] ?? {}), ...everywhere]);
  expect(about.returns.filter((each) => !told.has(each))).toEqual([]);
});

test.each(entries)('what is refused of %s is no parameter', (_, task) => {
  const names = parameterNames(task);
  expect(Object.keys(task.refusedParameters ?? {}).filter((each) => names.has(each))).toEqual([]);
});
