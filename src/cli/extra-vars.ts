import { type Diagnostic, KprovError } from '../errors/index.js';
import { type KeyValues, parseKeyValues, UnbalancedError } from '../playbook/key-value.js';
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

/** As Ansible reads the arguments of a task: blanks within quotes and templates do not part words. */
function fromPairs(text: string): Mapping {
  const refuse = (why: string): never => {
    throw new KprovError('bad-extra-vars', `-e ${text}: ${why}`, {
      fix: 'write -e name=value, -e \'{"name": "value"}\' or -e @file.yml',
    });
  };
  let pairs: KeyValues;
  try {
    pairs = parseKeyValues(text, false);
  } catch (error) {
    if (error instanceof UnbalancedError) return refuse(error.message);
    throw error;
  }
  if (pairs.raw !== undefined) refuse(`${pairs.raw} is not name=value`);
  return mapping(Object.fromEntries(pairs.values));
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
