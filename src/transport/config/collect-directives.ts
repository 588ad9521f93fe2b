import type { Diagnostic } from '../../errors/index.js';
import { unsupported } from './keywords.js';
import { matchPatternList } from './match-pattern.js';
import type { Directive } from './parse-ssh-config.js';

/** What a host is known by while its settings are looked up. */
export interface Lookup {
  /** The name as it was given. */
  originalHost: string;
  localUser: string;
}

/** The directives that apply to one host: of each keyword the first, of IdentityFile all. */
export interface Collected {
  first: ReadonlyMap<string, Directive>;
  identityFiles: readonly Directive[];
  diagnostics: Diagnostic[];
}

/** Walks lists of directives in order of precedence; the first value of a keyword wins. */
export function collectDirectives(lookup: Lookup, lists: readonly (readonly Directive[])[]): Collected {
  const first = new Map<string, Directive>();
  const identityFiles: Directive[] = [];
  const diagnostics: Diagnostic[] = [];

  const walk = (directives: readonly Directive[], isActiveOutside: boolean): void => {
    let isActive = isActiveOutside;
    for (const directive of directives) {
      if (directive.keyword === 'host') {
        isActive = isActiveOutside && matchPatternList(lookup.originalHost, directive.arguments);
      } else if (directive.keyword === 'match') {
        isActive = isActiveOutside && matchCriteria(directive);
      } else if (directive.keyword === 'include') {
        for (const list of directive.included ?? []) walk(list, isActive);
      } else if (isActive) {
        take(directive);
      }
    }
  };

  const take = (directive: Directive): void => {
    if (directive.keyword === 'identityfile') {
      identityFiles.push(directive);
      return;
    }
    if (first.has(directive.keyword)) return;
    first.set(directive.keyword, directive);
    if (unsupported.has(directive.keyword)) {
      diagnostics.push({
        severity: 'warning',
        code: 'unsupported-ssh-option',
        message: `ssh option "${directive.keyword}" has no effect here`,
        position: directive.position,
      });
    }
  };

  const matchCriteria = (directive: Directive): boolean => {
    const words = directive.arguments.flatMap((word) => (word.includes('=') ? splitOnce(word, '=') : [word]));
    for (let i = 0; i < words.length; i++) {
      const word = (words[i] ?? '').toLowerCase();
      const isNegated = word.startsWith('!');
      const criterion = isNegated ? word.slice(1) : word;
      if (criterion === 'all') {
        if (isNegated) return false;
        continue;
      }
      const subject = subjectOf(criterion);
      const patterns = words[++i]?.split(',');
      if (subject === undefined || patterns === undefined) {
        diagnostics.push({
          severity: 'warning',
          code: 'unsupported-ssh-option',
          message: `"Match ${criterion}" is not supported; the lines below it do not apply`,
          position: directive.position,
        });
        return false;
      }
      if (matchPatternList(subject, patterns) === isNegated) return false;
    }
    return true;
  };

  const subjectOf = (criterion: string): string | undefined => {
    if (criterion === 'originalhost') return lookup.originalHost;
    if (criterion === 'localuser') return lookup.localUser;
    if (criterion === 'user') return first.get('user')?.arguments[0] ?? lookup.localUser;
    if (criterion !== 'host') return undefined;
    return first.get('hostname')?.arguments[0]?.replaceAll('%h', lookup.originalHost) ?? lookup.originalHost;
  };

  for (const list of lists) walk(list, true);
  return { first, identityFiles, diagnostics };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}
