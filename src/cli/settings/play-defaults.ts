import { KprovError } from '../../errors/index.js';
import type { LoadOptions } from '../../playbook/index.js';
import type { Settings } from './settings.js';

/** Mitogen's strategies differ from Ansible's in how modules get to hosts only. */
const strategies: Readonly<Record<string, 'linear' | 'free' | 'debug'>> = {
  linear: 'linear',
  debug: 'debug',
  free: 'free',
  host_pinned: 'free',
  mitogen: 'linear',
  mitogen_linear: 'linear',
  mitogen_free: 'free',
};

function strategyOf(settings: Settings): string | undefined {
  const name = settings.text('strategy')?.replace(/^ansible\.builtin\./, '');
  if (name === undefined) return undefined;
  if (Object.hasOwn(strategies, name)) return strategies[name];
  throw new KprovError('unsupported-setting', `${settings.given.get('strategy')?.from}: ${name} is not supported`, {
    why: 'there are linear, free and debug',
  });
}

const gathersByDefault = (settings: Settings): false | undefined =>
  settings.choice('gathering', ['implicit', 'explicit', 'smart']) === 'explicit' ? false : undefined;

/** What holds for plays and tasks that do not say otherwise; `strategy` where the configuration has none. */
export function playDefaults(
  settings: Settings | undefined,
  strategy?: string,
): Pick<LoadOptions, 'playDefaults' | 'keywordDefaults'> {
  const chosen = (settings && strategyOf(settings)) ?? strategy;
  if (settings === undefined) return { playDefaults: { ...(chosen !== undefined && { strategy: chosen }) } };
  const gathers = gathersByDefault(settings);
  const subset = settings.list('gather_subset');
  const [timeout, path] = [settings.number('gather_timeout'), settings.text('fact_path')];
  const [isFatal, hides, seconds] = [
    settings.flag('any_errors_fatal'),
    settings.flag('no_log'),
    settings.number('task_timeout'),
  ];
  return {
    playDefaults: {
      ...(chosen !== undefined && { strategy: chosen }),
      ...(gathers !== undefined && { gatherFacts: gathers }),
      ...(subset.length > 0 && { gatherSubset: subset }),
      ...(timeout !== undefined && { gatherTimeout: timeout }),
      ...(path !== undefined && { factPath: path }),
    },
    keywordDefaults: {
      ...(isFatal === true && { anyErrorsFatal: true }),
      ...(hides === true && { noLog: true }),
      ...(seconds !== undefined && seconds > 0 && { timeout: seconds }),
    },
  };
}
