import { Buffer } from 'node:buffer';
import { KprovError } from '../../errors/index.js';
import { sh } from '../../shell/index.js';
import { mode, path, text } from '../parameters.js';
import type { Interpretation, Report } from '../task.js';
import { defineTask, program } from '../task.js';

export const ownership = {
  owner: text('User that owns it.'),
  group: text('Group that owns it.'),
  mode: mode('Permissions.'),
} as const;

/** What a program that used kp_write reports, as result and diff. */
export function writtenFile(report: Report, dest: string, after: string): Interpretation {
  const before = report.text('before');
  return {
    result: { dest },
    diff: before === undefined ? [] : [{ before, after, beforeHeader: dest, afterHeader: dest }],
  };
}

export const copyExample = defineTask({
  name: 'copy',
  summary: 'placeholder of the final copy',
  parameters: { content: text('text', { required: true }), dest: path('where', { required: true }), ...ownership },
  returns: {},
  example: '',
  inCheckMode: 'predicts',
  compile: (args) => {
    if (Buffer.from(args.content).includes(0)) throw new KprovError('binary-content', 'binary content');
    return program(sh`kp_write ${args.dest} ${args.content} ${args.mode} ${args.owner} ${args.group}`);
  },
  interpret: (report, args) => writtenFile(report, args.dest, args.content),
});
