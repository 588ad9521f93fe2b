import type { Diagnostic, Position } from '../../errors/index.js';
import { harmless, isKnownKeyword, unsupported } from './keywords.js';
import { type Directive, parseDirective, unknownKeyword } from './parse-ssh-config.js';
import { splitWords } from './split-words.js';

/** The options of an ssh command line. */
export interface SshArguments {
  directives: Directive[];
  /** `-F` */
  configFile?: string;
  /** `-W`, as in a ProxyCommand */
  forward?: string;
  /** What is left: the host, and a command if there is one. */
  operands: string[];
  diagnostics: Diagnostic[];
}

/** Options with a value that are settings of ssh_config. */
const SETTINGS = new Map([
  ['J', 'ProxyJump'],
  ['b', 'BindAddress'],
  ['i', 'IdentityFile'],
  ['l', 'User'],
  ['p', 'Port'],
]);

/** Flags that are settings of ssh_config. */
const FLAGS = new Map([
  ['4', 'AddressFamily=inet'],
  ['6', 'AddressFamily=inet6'],
  ['A', 'ForwardAgent=yes'],
  ['a', 'ForwardAgent=no'],
]);

/**
 * Flags without effect on what kprov does: compression, quiet and verbose, no terminal, no X11, no standard input,
 * multiplexing, GSSAPI. `-S` and `-E` take a value, likewise without effect.
 */
const HARMLESS_FLAGS = 'CMKTXYgknqtvxy';
const HARMLESS_WITH_VALUE = 'ES';

/**
 * Reads `ansible_ssh_common_args` and the options inside a ProxyCommand. Whatever is not understood is an error that
 * names it. `position` is where the text stands, for messages.
 */
export function parseSshArguments(text: string, position: Position): SshArguments {
  const result: SshArguments = { directives: [], operands: [], diagnostics: [] };
  const refuse = (message: string, fix?: string): void => {
    const hint = fix === undefined ? {} : { fix };
    result.diagnostics.push({ severity: 'error', code: 'unsupported-ssh-option', message, position, ...hint });
  };
  const split = splitWords(text, { comments: false });
  if ('problem' in split) {
    refuse(`${split.problem} in "${text}"`);
    return result;
  }
  const words = [...split.words];

  const set = (option: string): void => {
    const directive = parseDirective(option, position, result.diagnostics);
    if (directive === undefined || harmless.has(directive.keyword)) return;
    if (!isKnownKeyword(directive.keyword)) result.diagnostics.push(unknownKeyword(directive, 'error'));
    else if (unsupported.has(directive.keyword)) refuse(`ssh option "${directive.keyword}" is not supported`);
    else result.directives.push(directive);
  };

  const takeValue = (letter: string, value: string): void => {
    const keyword = SETTINGS.get(letter);
    if (keyword !== undefined) {
      const quoted = `"${value.replace(/["\\]/g, '\\$&')}"`;
      set(`${keyword} ${quoted}`);
    } else if (letter === 'o') set(value.trim());
    else if (letter === 'F') result.configFile = value;
    else if (letter === 'W') result.forward = value;
    else if (!HARMLESS_WITH_VALUE.includes(letter)) refuse(`ssh option "-${letter}" is not supported`);
  };

  const takeOption = (word: string): void => {
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] ?? '';
      const flag = FLAGS.get(letter);
      if (flag !== undefined) set(flag);
      else if (HARMLESS_FLAGS.includes(letter)) continue;
      else if ('BDEFIJLOQRSWbceilmopw'.includes(letter)) {
        const value = word.slice(i + 1) || words.shift();
        if (value === undefined) refuse(`ssh option "-${letter}" has no value`);
        else takeValue(letter, value);
        return;
      } else refuse(`ssh option "-${letter}" is not supported`);
    }
  };

  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '--') result.operands.push(...words.splice(0));
    else if (word.startsWith('-') && word !== '-') takeOption(word);
    else result.operands.push(word);
  }
  return result;
}
