import type { Buffer } from 'node:buffer';

/**
 * How a module wants its arguments, told by its text as Ansible tells it: `python` imports Ansible's module_utils and
 * gets them packed into itself; `jsonArguments` has a place where they are filled in; the others are given a file.
 */
export type ModuleStyle = 'binary' | 'python' | 'powershell' | 'jsonArguments' | 'jsonFile' | 'wordsFile';

export const JSON_PLACE = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>';

const importsUtils =
  /from +\.{2,} *module_utils.* +import |(?:from|import) +ansible_collections\.[^.]+\.[^.]+\.plugins\.module_utils|from +ansible\.module_utils.* +import |import +ansible\.module_utils\.|#<<INCLUDE_ANSIBLE_MODULE_COMMON>>/;
const isPowershell =
  /#Requires -(?:Module|Version)|#AnsibleRequires -(?:OSVersion|Powershell|CSharpUtil)|# POWERSHELL_COMMON/i;

/** Bytes that stand in no text, among the first 1024. */
const isBinary = (content: Buffer): boolean =>
  content.subarray(0, 1024).some((byte) => byte === 0x7f || (byte < 0x20 && ![7, 8, 9, 10, 12, 13, 27].includes(byte)));

export function styleOf(content: Buffer): ModuleStyle {
  if (isBinary(content)) return 'binary';
  const text = content.toString('latin1');
  if (importsUtils.test(text)) return 'python';
  if (isPowershell.test(text)) return 'powershell';
  if (text.includes(JSON_PLACE)) return 'jsonArguments';
  return text.includes('WANT_JSON') ? 'jsonFile' : 'wordsFile';
}

/** The words of the first line, where it names what runs the file. */
export function interpreterOf(content: Buffer): string[] | undefined {
  const line = /^#!([^\n]*)/.exec(content.subarray(0, 1024).toString('utf8'))?.[1];
  const words = line?.trim().split(/\s+/) ?? [];
  return words[0] ? words : undefined;
}

/** May it be run in check mode: does it know of the argument that says so? One that does not would change the host. */
export const knowsCheckMode = (content: Buffer, style: ModuleStyle): boolean =>
  style === 'python' || content.includes('_ansible_check_mode');
