import type { FactCacheOptions, RunOptions } from '../../engine/index.js';
import { KprovError } from '../../errors/index.js';
import type { HashBehaviour } from '../../values/index.js';
import type { Settings } from './settings.js';

const A_DAY = 24 * 60 * 60;

const formats: Readonly<Record<string, FactCacheOptions['format'] | undefined>> = {
  memory: undefined,
  jsonfile: 'json',
  yaml: 'yaml',
};

function factCacheOf(settings: Settings): FactCacheOptions | undefined {
  const name = settings.text('fact_caching')?.replace(/^(?:ansible\.builtin|community\.general)\./, '') ?? 'memory';
  if (!Object.hasOwn(formats, name)) {
    throw new KprovError(
      'unsupported-setting',
      `${settings.given.get('fact_caching')?.from}: ${name} is not supported`,
      {
        why: 'facts are kept in memory or in files: memory, jsonfile, yaml',
      },
    );
  }
  const format = formats[name];
  if (format === undefined) return undefined;
  const directory = settings.path('fact_caching_connection');
  if (directory === undefined) {
    throw new KprovError('bad-setting', `${settings.given.get('fact_caching')?.from}: ${name} needs a directory`, {
      fix: 'set fact_caching_connection',
    });
  }
  const timeoutSeconds = settings.number('fact_caching_timeout') ?? A_DAY;
  return { format, directory, prefix: settings.text('fact_caching_prefix') ?? '', timeoutSeconds };
}

/** `hash_behaviour`. */
export const hashBehaviourOf = (settings: Settings | undefined): HashBehaviour =>
  settings?.choice('hash_behaviour', ['replace', 'merge']) ?? 'replace';

/** `playbook_vars_root`; `top` is the default. */
function varsRootOf(settings: Settings): Pick<RunOptions, 'varsRoot'> {
  if (settings.text('playbook_vars_root')?.toLowerCase() === 'playbook_dir') return { varsRoot: 'bottom' };
  const word = settings.choice('playbook_vars_root', ['top', 'bottom', 'all']) ?? 'top';
  return word === 'top' ? {} : { varsRoot: word };
}

/** What the configuration says to the engine. */
export function engineSettings(
  settings: Settings | undefined,
): Pick<
  RunOptions,
  | 'native'
  | 'managed'
  | 'shell'
  | 'injectsFacts'
  | 'smartGathering'
  | 'factCache'
  | 'errorOnMissingHandler'
  | 'hashBehaviour'
  | 'showsArguments'
  | 'varsRoot'
  | 'patternMismatch'
  | 'jobsFolder'
  | 'debugger'
> {
  if (settings === undefined) return { native: false, smartGathering: false };
  const factCache = factCacheOf(settings);
  const shell = settings.path('executable');
  const managed = settings.text('ansible_managed');
  const jobsFolder = settings.text('async_dir');
  return {
    ...(shell !== undefined && { shell }),
    ...(managed !== undefined && { managed }),
    ...(jobsFolder !== undefined && { jobsFolder }),
    native: settings.flag('jinja2_native') ?? false,
    hashBehaviour: hashBehaviourOf(settings),
    showsArguments: settings.flag('display_args_to_stdout') ?? false,
    ...varsRootOf(settings),
    patternMismatch: settings.choice('host_pattern_mismatch', ['warning', 'error', 'ignore']) ?? 'warning',
    errorOnMissingHandler: settings.flag('error_on_missing_handler') ?? true,
    injectsFacts: settings.flag('inject_facts_as_vars') ?? true,
    debugger: {
      isOn: settings.flag('enable_task_debugger') ?? false,
      honoursIgnoreErrors: settings.flag('task_debugger_ignore_errors') ?? true,
    },
    smartGathering: settings.text('gathering')?.toLowerCase() === 'smart',
    ...(factCache !== undefined && { factCache }),
  };
}
