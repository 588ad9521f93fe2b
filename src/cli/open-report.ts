import { type DisplayOptions, makeReport, type OutputForm, type Report, type ResultStyle } from '../report/index.js';
import type { RunFlags } from './options.js';
import type { Settings } from './settings/index.js';
import { isProfile } from './settings/told.js';
import type { Setup } from './setup.js';
import { sayError, terminal } from './terminal.js';

/** Live needs a terminal. Without being told, what is going to be read (diffs, results, a dry run) is plain text. */
export function chooseForm(
  flags: Pick<RunFlags, 'output' | 'check' | 'diff' | 'verbose'>,
  isInteractive: boolean = terminal.isInteractive,
): OutputForm {
  if (flags.output === 'live' && !isInteractive) {
    sayError('[WARNING]: live output needs a terminal; this is plain');
    return 'plain';
  }
  if (flags.output !== undefined) return flags.output;
  return isInteractive && !flags.check && !flags.diff && flags.verbose === 0 ? 'live' : 'plain';
}

/** As those ask who know Ansible: callbacks_enabled = profile_tasks. */
const asksForProfile = (settings: Settings | undefined): boolean =>
  settings?.list('callbacks_enabled').some(isProfile) === true;

/** The settings of what Ansible's default callback shows. */
function displayOf(settings: Settings | undefined): DisplayOptions {
  const is = (name: string): boolean | undefined => settings?.flag(name);
  return {
    hidesSkipped: is('display_skipped_hosts') === false,
    hidesOk: is('display_ok_hosts') === false,
    failuresAside: is('display_failed_stderr') === true,
    showsStart: is('show_per_host_start') === true,
    showsCustomStats: is('show_custom_stats') === true,
    marksCheckMode: is('check_mode_markers') === true,
  };
}

/** The settings of how it writes results; the old callback `yaml` is one of them. */
function resultsOf(settings: Settings | undefined): ResultStyle {
  const isYaml = /^(community\.general\.)?yaml$/.test(settings?.text('stdout_callback') ?? '');
  return {
    format: settings?.choice('result_format', ['json', 'yaml']) ?? (isYaml ? 'yaml' : 'json'),
    pretty: settings?.flag('pretty_results'),
  };
}

/** The report of a run; questions at the terminal take turns with it. */
export async function openReport(form: OutputForm, flags: RunFlags, setup: Setup): Promise<Report> {
  const report = await makeReport({
    form,
    verbosity: flags.verbose,
    showDiff: flags.diff,
    profile: flags.profile || asksForProfile(setup.settings),
    color: terminal.color,
    columns: terminal.columns,
    stdout: process.stdout,
    stderr: process.stderr,
    diffContext: setup.settings?.number('diff_context'),
    display: displayOf(setup.settings),
    results: resultsOf(setup.settings),
    log: terminal.log?.write,
  });
  const { ask } = setup.prompts;
  setup.prompts = { ask: (question, options) => report.aside(() => ask(question, options)) };
  return report;
}
