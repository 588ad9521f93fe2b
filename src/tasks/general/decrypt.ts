import { flag } from '../parameters.js';
import type { TaskContext } from '../task.js';

/** Of the tasks that send files. */
export const decryption = {
  decrypt: flag('Whether a file that is encrypted with ansible-vault is sent in clear.', { default: true }),
} as const;

/** The context with the control machine's files as the task wants them: in clear, or as they are. */
export const sending = (context: TaskContext, { decrypt }: { decrypt?: boolean | undefined }): TaskContext =>
  decrypt === false
    ? {
        ...context,
        files: { ...context.files, readBytes: (path) => context.files.readBytes(path, { decrypt: false }) },
      }
    : context;
