import { KprovError } from '../../errors/index.js';
import { type Filter, filter, pythonText, type Test, test } from '../../template/index.js';
import type { Files } from '../../values/index.js';
import { isVaulted } from '../../vault/index.js';
import { globFiles } from './glob.js';

/** Filters that look at the control machine's files. */
export const fileFilters = (files: Files): Record<string, Filter> => ({
  fileglob: filter('', (value) => globFiles(files, pythonText(value))),
});

/** Tests that do. `files` are those as they are on the disk, encrypted ones too. */
export const fileTests = (files: Files): Record<string, Test> => ({
  vaulted_file: test('', (value) => {
    const bytes = files.readBytes(pythonText(value), { decrypt: false });
    if (bytes === undefined) {
      throw new KprovError('file-not-found', `Cannot test if the file ${pythonText(value)} is a vault`);
    }
    return isVaulted(Buffer.from(bytes).toString('latin1'));
  }),
});
