import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from './index.js';
import { result } from './result.js';

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
  return result('ok', {
    user_input: input,
    echo: args.echo !== false,
    start: new Date(began).toISOString(),
    stop: new Date(ended).toISOString(),
    delta: Math.round((ended - began) / 1000),
    stdout: `Paused for ${((ended - began) / 1000).toFixed(2)} seconds`,
  });
};
