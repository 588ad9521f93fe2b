/** The names that Ansible takes for the control machine where the inventory does not define them. */
export const localhostNames: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

/** More hosts than this in one inventory are taken for a slip in a range. */
export const maxHosts = 100_000;

const maxNameLength = 1024;
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffd]/;

/** What is wrong with a host or group name, or undefined. Names end up in argument lists, file names and terminals. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > maxNameLength) return `it is longer than ${maxNameLength} characters`;
  if (controlCharacter.test(name)) return 'it holds a control character';
  if (name.startsWith('-')) return 'it begins with "-" and would be taken for an option';
  return undefined;
}

/** A name made harmless for a message: control characters escaped, long ones cut. */
export function showName(name: string): string {
  const cut = name.length > 80 ? `${name.slice(0, 77)}...` : name;
  return JSON.stringify(cut)
    .slice(1, -1)
    .replace(/\\"/g, '"')
    .replace(/\\\\/g, '\\')
    .replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
