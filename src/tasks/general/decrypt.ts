import { KprovError } from '../../errors/index.js';
import type { Files } from '../../values/index.js';
import { flag } from '../parameters.js';
import type { TaskContext } from '../task.js';

/** Of the tasks that send files. */
export const decryption = {
  decrypt: flag('Whether a file that is encrypted with ansible-vault is sent in clear.', { default: true }),
} as const;

/** The context with the control machine's files as the task wants them: in clear, or as they are. */
export const sending = (context: TaskContext, { decrypt = true }: { decrypt?: boolean | undefined }): TaskContext => ({
  ...context,
  files: { ...context.files, readBytes: (path) => readToSend(context.files, path, decrypt) },
});

/** A file that cannot be decrypted fails the task in Ansible's words. */
function readToSend(files: Files, path: string, decrypt: boolean): Uint8Array | undefined {
  try {
    return files.readBytes(path, { decrypt });
  } catch (error) {
    if (!(error instanceof KprovError) || error.code !== 'no-vault-password') throw error;
    const { fix } = error;
    throw new KprovError(error.code, `A vault password or secret must be specified to decrypt ${path}`, {
      ...(fix !== undefined && { fix }),
      cause: error,
    });
  }
}
