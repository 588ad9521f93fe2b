/** What may be typed at the debugger. */
export type Command =
  | { kind: 'print'; expression: string }
  | { kind: 'set'; target: 'task.args' | 'task_vars'; path: readonly string[]; value: string }
  | { kind: 'update' | 'redo' | 'continue' | 'quit' | 'help' | 'nothing' }
  | { kind: 'unknown'; text: string };

const words: Readonly<Record<string, 'update' | 'redo' | 'continue' | 'quit' | 'help'>> = {
  u: 'update',
  update_task: 'update',
  r: 'redo',
  redo: 'redo',
  c: 'continue',
  continue: 'continue',
  q: 'quit',
  quit: 'quit',
  EOF: 'quit',
  h: 'help',
  help: 'help',
  '?': 'help',
};

const printed = /^(?:p|pprint|print)(?:\s+|(?=\())(\S[\s\S]*)$/;
const assigned = /^(task\.args|task_vars)((?:\[(?:'[^']*'|"[^"]*"|[^\]'"]*)\])+)\s*=(?!=)\s*(\S[\s\S]*)$/;
const indexes = /\[('[^']*'|"[^"]*"|[^\]'"]*)\]/g;

/** A line of the debugger. Any other text is an expression, which is printed, as an interactive Python does. */
export function readCommand(line: string): Command {
  const text = line.trim();
  if (text === '') return { kind: 'nothing' };
  if (Object.hasOwn(words, text)) return { kind: words[text] ?? 'help' };
  const expression = printed.exec(text)?.[1];
  if (expression !== undefined) return { kind: 'print', expression };
  const [, target, path = '', value] = assigned.exec(text) ?? [];
  if (value !== undefined && (target === 'task.args' || target === 'task_vars'))
    return { kind: 'set', target, path: [...path.matchAll(indexes)].map(([, index = '']) => index), value };
  if (/^(?:import|from|del|for|while|if|def|class)\b|^[\w.[\]'"]+\s*=(?!=)/.test(text))
    return { kind: 'unknown', text };
  return { kind: 'print', expression: text };
}

export const help = `p[print] EXPRESSION      prints: task, task.args, task_vars, host, result, result._result, any variable of the host
task.args['NAME'] = VALUE      changes an argument
task_vars['NAME'] = VALUE      changes a variable of the task
u[pdate_task]            the arguments as they are written, with the changed variables
r[edo]                   does the task again
c[ontinue]               goes on
q[uit]                   ends the run
Expressions are those of templates.`;
