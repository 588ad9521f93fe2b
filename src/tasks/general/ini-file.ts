import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import { choice, flag, list, path, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { createMissing, type Edit, editHere, failMissing, interpretText } from './edit-text.js';
import { fileAttributes } from './file-attributes.js';
import { editIni, type IniEdit } from './ini-edit.js';
import { asBytes } from './python-match.js';
import { ownership } from './written-file.js';

const edit =
  (wanted: IniEdit): Edit =>
  (bytes) => {
    const buffer = Buffer.from(bytes, 'latin1');
    const decoded = buffer.toString('utf8');
    if (!Buffer.from(decoded).equals(buffer)) throw new KprovError('not-utf8', 'ini_file: the file is not UTF-8');
    const made = editIni(decoded, wanted);
    return made.text === undefined ? { verdict: made.msg } : { verdict: made.msg, text: asBytes(made.text) };
  };

export const iniFile = defineTask({
  name: 'ini_file',
  collection: 'community.general',
  summary: 'Sets and removes options of an INI file.',
  description:
    'Costs one round trip where everything is as it should be, two where something changes. The file is UTF-8.',
  parameters: {
    path: path('The file.', { required: true, aliases: ['dest'] }),
    section: text('Its section; none: the lines before the first section.'),
    option: text('The option; none: the whole section.'),
    value: text('Its value.'),
    values: list('Its values, each on a line of its own.'),
    state: choice('Whether it is there.', ['present', 'absent'], { default: 'present' }),
    exclusive: flag('Whether other lines of the option go.', { default: true }),
    no_extra_spaces: flag('Whether there are no spaces around the equals sign.', { default: false }),
    create: flag('Whether a missing file is made.', { default: true }),
    allow_no_value: flag('Whether an option may stand without a value.', { default: false }),
    backup: flag('Whether a copy of the old file is kept beside it.', { default: false }),
    ...ownership,
    ...fileAttributes,
  },
  atMostOne: [['value', 'values']],
  returns: {
    msg: 'OK, option changed, option added, section and option added, only section added or section removed',
    path: 'the file',
    backup_file: 'the copy of the old file, where one was made',
  },
  example: `- ini_file:
    path: /etc/systemd/journald.conf
    section: Journal
    option: SystemMaxUse
    value: 1G
    no_extra_spaces: true`,
  inCheckMode: 'predicts',
  compile: (args) => {
    const values = args.value === undefined ? (args.values ?? []) : [args.value];
    if (args.state === 'present' && !args.allow_no_value && values.length === 0) {
      const msg = "Parameter 'value(s)' must be defined if state=present and allow_no_value=False.";
      return { status: 'failed', result: { msg } };
    }
    const wanted: IniEdit = {
      section: args.section,
      option: args.option,
      values: [...new Set(values)],
      state: args.state,
      exclusive: args.exclusive,
      noExtraSpaces: args.no_extra_spaces,
      allowNoValue: args.allow_no_value,
    };
    const file = { ...args, validate: undefined, fields: { path: args.path } };
    const { missing } = args.create
      ? { missing: args.state === 'absent' ? sh`kp_set verdict OK; return 0` : createMissing(file) }
      : { missing: failMissing(args.path, `Destination ${args.path} does not exist!`) };
    return editHere({ ...file, missing }, edit(wanted));
  },
  interpret: (report, args) => interpretText(report, { ...args, validate: undefined, fields: { path: args.path } }),
});
