import { matchHosts } from '../../inventory/index.js';
import type { Play } from '../../playbook/index.js';
import { mapping, type Value } from '../../values/index.js';
import type { Ahead } from '../dial-ahead.js';
import { execute } from '../execute.js';
import { exitCodeOf } from '../exit-codes.js';
import type { Inputs } from '../inputs.js';
import { onInterrupt } from '../interrupt.js';
import { renderListing } from '../listing.js';
import { chooseForm, openReport } from '../open-report.js';
import type { RunFlags } from '../options.js';
import { refuseErrors } from '../refuse-errors.js';
import { renderKnown } from '../render-known.js';
import { runLock } from '../run-lock.js';
import { readPlaybooks, type Setup, setUp } from '../setup.js';
import { say, sayError, sayWarnings } from '../terminal.js';
import { UnderWay } from '../under-way.js';
import { commandLine, Unfinished } from '../unfinished.js';
import type { UpOptions } from './up.js';

export interface Convergence {
  playbooks: readonly string[];
  flags: RunFlags;
  options: UpOptions;
  inputs: Inputs;
  ahead: Ahead | undefined;
}

/** Checks the playbooks and runs them. Gives the exit code; throws for bad input. */
export async function converge({ playbooks, flags, options, inputs, ahead }: Convergence): Promise<number> {
  const setup = await setUp(flags, (message) => sayError(`[DEPRECATED]: ${message}`), inputs);
  const { strategy } = options;
  const { playbook, diagnostics, loader } = readPlaybooks(playbooks, setup, {
    strategy,
    ...(ahead && { parsed: ahead.parsed }),
  });
  const beside = playbook.plays.flatMap((play) => setup.inventory.checkPlaybookDir(play.directory));
  sayWarnings(refuseErrors([...setup.diagnostics, ...diagnostics, ...beside, ...setup.lacks]));

  if (flags.mayLackHosts === true && setup.inventory.hosts.size === 0) {
    sayError('[WARNING]: provided hosts list is empty, only localhost is available. Note that');
    sayError("the implicit localhost does not match 'all'");
  }
  if (options.checked) {
    options.checked();
    return 0;
  }

  const selection = { only: flags.tags, skip: flags.skipTags };
  if (flags.listTasks || flags.listHosts || flags.listTags) {
    const wanted = { tasks: flags.listTasks, hosts: flags.listHosts, tags: flags.listTags, selection };
    const render = (text: string, { vars }: Play): Value =>
      renderKnown(setup.templar, text, mapping({ ...vars, ...setup.extraVars })) ?? text;
    say(renderListing(playbooks, playbook.plays, setup.inventory, { ...wanted, limit: setup.limit, render }));
    return 0;
  }
  if (flags.verbose > 1) {
    for (const file of playbooks)
      say(`${playbook.plays.filter(({ position }) => position.file === file).length} plays in ${file}`);
  }
  await options.confirm?.(setup, hostsOf(setup));

  const report = await openReport(chooseForm(flags), flags, setup);
  const underWay = new UnderWay();
  const interrupt = onInterrupt({
    tell: (message) => report.listen({ type: 'notice', level: 'warning', message }),
    unknown: () => underWay.lines(),
  });
  const unfinished = new Unfinished();
  try {
    const outcome = await execute({
      setup,
      playbook,
      loader,
      flags,
      options: {
        checkMode: flags.check,
        diffMode: flags.diff,
        tags: selection,
        ...(flags.handOn === true && { handsOn: true }),
        ...(flags.step === true && { step: true }),
        ...(flags.startAtTask !== undefined && { startAtTask: flags.startAtTask }),
        forceHandlers: flags.forceHandlers,
        ...(!flags.check && { lock: runLock() }),
      },
      listen: (event) => {
        unfinished.listen(event);
        underWay.listen(event);
        report.listen(event);
      },
      signal: interrupt.signal,
      ...(ahead && { dialledAhead: ahead.dialled }),
    });
    await report.close();
    const left = unfinished.lines(playbook.plays, outcome.lost);
    if (outcome.interrupted || (left.length > 0 && !flags.check && !options.endsLikeAnsible)) {
      const what = left.length > 0 ? `Not finished:\n${left.join('\n')}\n` : '';
      const again = setup.redactor.mask(commandLine(options.args));
      sayError(`${what}What is done stays done. This goes on with the rest:\n  ${again}`);
    }
    return exitCodeOf(outcome, flags.check && flags.detailedExitcode);
  } finally {
    interrupt.dispose();
    await report.close();
  }
}

const hostsOf = ({ inventory, limit }: Setup): string[] => matchHosts(inventory, 'all', [...limit]).hosts;
