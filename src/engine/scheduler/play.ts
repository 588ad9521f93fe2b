import { type Flag, type Play, tasksOf } from '../../playbook/index.js';
import { mapping } from '../../values/index.js';
import { asFlag, countOf, renderedKeyword } from '../attempts/keyword.js';
import type { RunContext } from '../context.js';
import { dynamicNamesOf } from '../variables/dynamic-names.js';
import { type PlayScope, type TaskScope, variablesOf } from '../variables/variables.js';
import { readVarsFiles } from '../variables/vars-files.js';
import { askForVariables } from '../variables/vars-prompt.js';
import { batchesOf } from './batches.js';
import { dialAhead } from './dial-ahead.js';
import { hasFatalTasks } from './fatal-errors.js';
import { gatherTask } from './gather-task.js';
import { hostsOf, inOrder, playName } from './play-hosts.js';
import { PlayRun } from './play-run.js';

/** What made a host drop out of the run. */
export type Loss = 'failed' | 'unreachable';

export interface PlayRequest {
  play: Play;
  index: number;
  /** Hosts that failed or were unreachable in an earlier play. */
  lost: Map<string, Loss>;
  /** `--limit`. */
  limit: readonly string[];
  /** Hosts that have not come to `--start-at-task` yet. */
  seeking: Set<string>;
}

/** The keywords of the play itself, as its first host sees them. Throws KprovError for what is no number or flag. */
function keywordsOf(run: RunContext, scope: TaskScope) {
  const { play } = scope.play;
  const rendering = { templar: run.scope.templar, variables: variablesOf(scope) };
  const flag = (keyword: Flag | undefined, otherwise: boolean) =>
    asFlag(renderedKeyword(keyword, rendering), otherwise);
  const anyErrorsFatal = flag(play.keywords.anyErrorsFatal, false);
  const maxFailPercentage = countOf(play.maxFailPercentage, rendering);
  const strategy = String(renderedKeyword(play.strategy, rendering)).replace('ansible.builtin.', '');
  return {
    anyErrorsFatal,
    maxFailPercentage,
    forceHandlers: flag(play.forceHandlers, run.options.forceHandlers),
    gather: flag(play.gatherFacts, true) ? gatherTask(play) : undefined,
    debugs: strategy === 'debug',
    inStep:
      run.stepping.isOn ||
      strategy === 'linear' ||
      strategy === 'debug' ||
      anyErrorsFatal ||
      maxFailPercentage !== undefined ||
      hasFatalTasks([...tasksOf(play), ...play.handlers]),
    serial: play.serial.flatMap((count) => renderedKeyword(count, rendering) ?? []),
  };
}

/** Gives false where nothing is to follow: as in Ansible a batch of which no host is left ends the run. */
export async function runPlay(run: RunContext, { play, index, limit, lost, seeking }: PlayRequest): Promise<boolean> {
  await askForVariables(run, play);
  const about = { index, name: playName(run, play), position: play.position };
  // `order` is that of the batches alone.
  const { named, order } = hostsOf(run, play, limit);
  const asListed = named.filter((host) => !lost.has(host));
  const hosts = inOrder(asListed, order);
  if (hosts.length === 0) {
    run.emit({ type: 'play-skipped', play: about, reason: 'no hosts matched' });
    return true;
  }
  const alive = new Set(hosts);
  let current: PlayRun | undefined;
  let batchHosts: readonly string[] = hosts;
  const scope: PlayScope = {
    run: run.scope,
    play,
    fileVars: mapping(),
    hosts: () => {
      const takesPart = (host: string): boolean => alive.has(host) && !current?.hasLost(host);
      return { all: asListed, alive: asListed.filter(takesPart), batch: batchHosts.filter(takesPart) };
    },
    awaitAll: (asking) => current?.positions.awaitAll(asking),
    dynamicNames: dynamicNamesOf(play),
    orderOf: (host) => current?.positions.of(host),
    awaitHost: (asking, other) => current?.positions.awaitHost(asking, other),
  };
  readVarsFiles(run, scope);
  const { serial, ...keywords } = keywordsOf(run, { play: scope, host: hosts[0] ?? '' });

  let allFailed = false;
  for (const batch of batchesOf(hosts, serial)) {
    if (run.signal.aborted) break;
    batchHosts = batch;
    run.emit({ type: 'play-started', play: about, hosts: batch });
    current = new PlayRun({
      run,
      scope,
      hosts: batch,
      ...keywords,
      seeking,
      takeBack: () => {
        for (const host of named) lost.delete(host);
      },
    });
    dialAhead(run, scope, batch, keywords.gather ?? tasksOf(play)[0]);
    await current.go();
    for (const host of current.hosts) {
      if (!host.seeking) seeking.delete(host.host);
      if (!host.failure && !host.unreachable) continue;
      lost.set(host.host, host.unreachable ? 'unreachable' : 'failed');
      alive.delete(host.host);
    }
    if (current.fatal) for (const host of batch) lost.set(host, lost.get(host) ?? 'failed');
    allFailed = current.fatal || current.hosts.every((host) => host.failure || host.unreachable);
    if (current.endsPlay || allFailed) break;
  }
  run.emit({ type: 'play-finished', play: about });
  return !allFailed;
}
