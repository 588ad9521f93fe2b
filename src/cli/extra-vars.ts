import { type Diagnostic, KprovError } from '../errors/index.js';
import { splitWords } from '../tasks/words.js';
import { type Files, type HashBehaviour, isMapping, type Mapping, mapping, putOver } from '../values/index.js';
import { parseYaml } from '../yaml/index.js';

function fromYaml(text: string, file: string): Mapping {
  const { documents, diagnostics } = parseYaml(text, file);
  const error: Diagnostic | undefined = diagnostics.find(({ severity }) => severity === 'error');
  if (error) {
    throw new KprovError('bad-extra-vars', `${file}: ${error.message}`, {
      ...(error.position && { position: error.position }),
    });
  }
  const value = documents[0]?.value ?? mapping();
  if (!isMapping(value)) throw new KprovError('bad-extra-vars', `${file}: expected a mapping of variables`);
  return value;
}

function fromPairs(text: string): Mapping {
  const variables = mapping();
  for (const word of splitWords(text)) {
    const at = word.indexOf('=');
    if (at < 1) {
      throw new KprovError('bad-extra-vars', `-e ${text}: ${word} is not name=value`, {
        fix: 'write -e name=value, -e \'{"name": "value"}\' or -e @file.yml',
      });
    }
    variables[word.slice(0, at)] = word.slice(at + 1);
  }
  return variables;
}

/** `-e`: `key=value …` (text), YAML or JSON in braces, `@file`; later ones win. Throws KprovError. */
export function readExtraVars(given: readonly string[], files: Files, behaviour?: HashBehaviour): Mapping {
  const variables = mapping();
  for (const text of given) {
    const trimmed = text.trim();
    if (trimmed.startsWith('@')) {
      const file = trimmed.slice(1);
      const content = files.read(file);
      if (content === undefined) throw new KprovError('file-not-found', `-e @${file}: there is no such file`);
      putOver(variables, fromYaml(content, file), behaviour);
    } else if (/^[{[]/.test(trimmed)) {
      putOver(variables, fromYaml(trimmed, '-e'), behaviour);
    } else {
      Object.assign(variables, fromPairs(trimmed));
    }
  }
  return variables;
}
