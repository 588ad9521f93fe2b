import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from './index.js';
import { result } from './result.js';

const inPython = (value: number): string => (Number.isInteger(value) ? value.toFixed(1) : String(value));

/** As Python prints the local time. */
function localTime(milliseconds: number): string {
  const local = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000);
  return `${local.toISOString().replace('T', ' ').slice(0, -1)}000`;
}

/** Waits for a time, or for somebody at the terminal. All hosts wait with the first. */
export const pause: Control = async ({ host, args, what }) => {
  const { run } = host.play;
  const seconds = args.minutes !== undefined ? Number(args.minutes) * 60 : args.seconds;
  const began = Date.now();
  let input = '';
  if (seconds !== undefined) {
    const prompt = args.prompt === undefined ? '' : `${String(args.prompt)} `;
    run.emit({
      type: 'notice',
      level: 'info',
      host: host.host,
      message: `${prompt}(${what}: pausing for ${Number(seconds)} seconds)`,
    });
    await sleep(Math.max(0, Number(seconds)) * 1000, undefined, { signal: run.signal });
  } else {
    const question = `${String(args.prompt ?? 'Press enter to continue, Ctrl+C to interrupt')}: `;
    const typed = await run.prompts.ask(question, { secret: args.echo === false, signal: run.signal });
    if (typed === undefined) {
      run.emit({
        type: 'notice',
        level: 'warning',
        host: host.host,
        message: `${what}: there is no terminal to wait at; going on`,
      });
    }
    input = typed ?? '';
  }
  const ended = Date.now();
  const elapsed = (ended - began) / 1000;
  const duration = args.seconds === undefined ? elapsed / 60 : elapsed;
  return result('ok', {
    user_input: input,
    echo: args.echo !== false,
    rc: 0,
    stderr: '',
    start: localTime(began),
    stop: localTime(ended),
    delta: Math.floor(elapsed),
    stdout: `Paused for ${inPython(Math.round(duration * 100) / 100)} ${args.seconds === undefined ? 'minutes' : 'seconds'}`,
  });
};
