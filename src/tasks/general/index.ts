import type { Task } from '../task.js';
import { assert } from './assert.js';
import { blockinfile } from './blockinfile.js';
import { command } from './command.js';
import { copy } from './copy.js';
import { debug } from './debug.js';
import { fail } from './fail.js';
import { fetch } from './fetch.js';
import { file } from './file.js';
import { getUrl } from './get-url.js';
import { lineinfile } from './lineinfile.js';
import { ping } from './ping.js';
import { raw } from './raw.js';
import { replace } from './replace.js';
import { script } from './script.js';
import { setFact } from './set-fact.js';
import { shell } from './shell.js';
import { slurp } from './slurp.js';
import { stat } from './stat.js';
import { systemTasks } from './system.js';
import { tempfile } from './tempfile.js';
import { template } from './template.js';
import { toolTasks } from './tools.js';
import { unarchive } from './unarchive.js';
import { waitFor } from './wait-for.js';

/** The tasks that Ansible's users know, in the order of the documentation. */
export const generalTasks: readonly Task[] = [
  command,
  shell,
  raw,
  script,
  copy,
  template,
  file,
  lineinfile,
  blockinfile,
  replace,
  stat,
  slurp,
  fetch,
  getUrl,
  unarchive,
  waitFor,
  tempfile,
  debug,
  assert,
  fail,
  setFact,
  ping,
  ...systemTasks,
  ...toolTasks,
];
