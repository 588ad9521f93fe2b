/** One step of a shell pattern: a literal character, any one, any number, or one of a set. */
type Step = 'any' | 'star' | { has(character: string): boolean };

/** Reads `[abc]`, `[a-z]`, `[!0-9]` that begins at `start`; undefined where it is no set. */
function readSet(all: readonly string[], start: number): { step: Step; length: number } | undefined {
  const isNegated = all[start + 1] === '!';
  const first = start + (isNegated ? 2 : 1);
  // A "]" that comes first is one of the characters.
  const end = all.indexOf(']', first + (all[first] === ']' ? 1 : 0));
  if (end === -1) return undefined;
  const characters = all.slice(first, end);
  const ranges: [string, string][] = [];
  for (let i = 0; i < characters.length; i++) {
    const [low = '', dash, high] = characters.slice(i, i + 3);
    if (dash === '-' && high !== undefined) {
      ranges.push([low, high]);
      i += 2;
    } else {
      ranges.push([low, low]);
    }
  }
  const has = (c: string): boolean => ranges.some(([a, b]) => a <= c && c <= b) !== isNegated;
  return { step: { has }, length: end + 1 - start };
}

function compile(pattern: string): Step[] {
  const characters = [...pattern];
  const steps: Step[] = [];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i] ?? '';
    const set = c === '[' ? readSet(characters, i) : undefined;
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
