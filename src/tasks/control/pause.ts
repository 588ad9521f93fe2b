import { flag, number, text } from '../parameters.js';
import { defineTask } from '../task.js';
import { byEngine } from './by-engine.js';

export const pause = defineTask({
  name: 'pause',
  summary: 'Waits for a time, or for somebody to press a key.',
  parameters: {
    minutes: number('How many minutes to wait.'),
    seconds: number('How many seconds to wait.'),
    prompt: text('What to show; without a time, an answer is waited for.'),
    echo: flag('Whether what is typed is shown.', { default: true }),
  },
  atMostOne: [['minutes', 'seconds']],
  returns: {
    user_input: 'what was typed',
    echo: 'as asked for',
    start: 'when it began',
    stop: 'when it ended',
    delta: 'seconds in between',
    stdout: 'a sentence about it',
    stderr: 'the empty text',
    rc: '0',
  },
  example: `- pause: {seconds: 30}`,
  inCheckMode: 'skips',
  compile: byEngine,
});
