/** One step of a shell pattern: a literal character, any one, any number, or one of a set. */
type Step = 'any' | 'star' | { has(character: string): boolean };

/** Reads `[abc]`, `[a-z]`, `[!0-9]` at the beginning of the text; undefined where it is no set. */
function readSet(text: string): { step: Step; length: number } | undefined {
  const match = /^\[(!?)(\]?[^\]]*)\]/su.exec(text);
  if (match === null) return undefined;
  const [whole, not, body = ''] = match;
  const characters = [...body];
  const ranges: [string, string][] = [];
  for (let i = 0; i < characters.length; i++) {
    const [first = '', dash, last] = characters.slice(i, i + 3);
    if (dash === '-' && last !== undefined) {
      ranges.push([first, last]);
      i += 2;
    } else {
      ranges.push([first, first]);
    }
  }
  const has = (c: string): boolean => ranges.some(([a, b]) => a <= c && c <= b) !== (not === '!');
  return { step: { has }, length: [...whole].length };
}

function compile(pattern: string): Step[] {
  const characters = [...pattern];
  const steps: Step[] = [];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? '';
    const set = c === '[' ? readSet(characters.slice(i).join('')) : undefined;
    if (set !== undefined) {
      steps.push(set.step);
      i += set.length - 1;
    } else if (c === '*') {
      if (steps.at(-1) !== 'star') steps.push('star');
    } else {
      steps.push(c === '?' ? 'any' : { has: (other) => other === c });
    }
  }
  return steps;
}

/** Python's `fnmatch` (case counts), in time proportional to both lengths: no pattern makes it slow. */
export function globMatcher(pattern: string): (name: string) => boolean {
  const steps = compile(pattern);
  return (name) => {
    const characters = [...name];
    let step = 0;
    let star = -1;
    let resume = 0;
    for (let i = 0; i < characters.length; ) {
      const current = steps[step];
      if (current === 'star') {
        star = step;
        step += 1;
        resume = i;
      } else if (current === 'any' || current?.has(characters[i] ?? '')) {
        step += 1;
        i += 1;
      } else if (star !== -1) {
        step = star + 1;
        resume += 1;
        i = resume;
      } else {
        return false;
      }
    }
    return steps.slice(step).every((rest) => rest === 'star');
  };
}
