import { template } from '../../../src/tasks/general/template.js';
import type { RenderOptions } from '../../../src/tasks/task.js';
import { proveTaskCases } from '../../support/task-cases.js';

/** Shows the options that the renderer was given, ahead of the text in capitals. */
const render = (source: string, options: RenderOptions = {}) =>
  `${JSON.stringify([options.trimBlocks, options.lstripBlocks, options.newlineSequence, options.variableStart])}\n${source.toUpperCase()}`;

proveTaskCases(template, [
  {
    name: 'the rendered text goes to the file, with the defaults of Ansible',
    files: { 'x.j2': 'text\n', f: 'old\n' },
    args: { src: '{dir}/x.j2', dest: '{dir}/f', mode: '0600' },
    after: { f: '[true,false,"\\n","{{"]\nTEXT\n' },
    modes: { f: '0600' },
    diff: { before: 'old\n', after: '[true,false,"\\n","{{"]\nTEXT\n' },
    result: { dest: '{dir}/f', src: '{dir}/x.j2', state: 'file' },
    context: { render },
  },
  {
    name: 'options reach the renderer, and a directory takes the name of the template',
    files: { 'x.j2': 'text', 'd/y': '' },
    args: {
      src: '{dir}/x.j2',
      dest: '{dir}/d',
      trim_blocks: false,
      lstrip_blocks: true,
      newline_sequence: '\\r\\n',
      variable_start_string: '[[',
    },
    after: { 'd/x.j2': '[false,true,"\\r\\n","[["]\nTEXT' },
    context: { render },
  },
  {
    name: 'a validation that fails keeps the old file',
    files: { 'x.j2': 'text', f: 'old' },
    args: { src: '{dir}/x.j2', dest: '{dir}/f', validate: 'false %s' },
    status: 'failed',
    check: 'changed',
    after: { f: 'old' },
  },
]);
