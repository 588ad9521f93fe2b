import { choice, flag, integer, list, localPath, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const includeVars = defineTask({
  name: 'include_vars',
  summary: 'Reads variables from files of the control machine.',
  parameters: {
    // Without a name it fails as a file that is not there.
    file: text('The file, looked for in vars/ of the role and beside the playbook.'),
    dir: localPath('A directory whose files are all read, in alphabetical order.'),
    name: text('A variable that gets everything as a mapping, instead of one variable each.'),
    depth: integer('How deep into `dir` to go; 0: no limit.', { default: 0 }),
    files_matching: text('Regular expression that the names of the files in `dir` have to match.'),
    ignore_files: list('Names of files in `dir` to leave out.'),
    extensions: list('Extensions of the files in `dir` that are read.', { default: ['json', 'yaml', 'yml'] }),
    ignore_unknown_extensions: flag('Whether other files in `dir` are left out, instead of an error.', {
      default: false,
    }),
    hash_behaviour: choice('Whether mappings replace existing ones or are merged into them.', ['replace', 'merge']),
  },
  freeForm: 'file',
  exactlyOne: [['file', 'dir']],
  judgesGroups: true,
  returns: {
    ansible_facts: 'the variables',
    ansible_included_var_files: 'the files that were read',
  },
  example: `- include_vars: "{{ ansible_os_family }}.yml"`,
  inCheckMode: 'predicts',
  compile: byEngine,
});
