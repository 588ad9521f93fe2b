import { joinScripts, type Script, sh } from '../../../shell/index.js';

interface Recursion {
  mode: string | undefined;
  owner: string | undefined;
  group: string | undefined;
  follow: boolean;
}

const who = ['o', 'g', 'u'] as const;

/** chmod's symbolic words that set the bits of `or` and clear those that neither mask keeps. */
function symbolic(and: number, or: number): string {
  const words: string[] = [];
  for (let bit = 0; bit < 9; bit++) {
    const letter = `${who[Math.floor(bit / 3)]}`;
    const permission = 'xwr'[bit % 3];
    if (or & (1 << bit)) words.push(`${letter}+${permission}`);
    else if (!(and & (1 << bit))) words.push(`${letter}-${permission}`);
  }
  for (const [bit, word] of [
    [0o4000, 'u#s'],
    [0o2000, 'g#s'],
    [0o1000, '#t'],
  ] as const) {
    if (or & bit) words.push(word.replace('#', '+'));
    else if (!(and & bit)) words.push(word.replace('#', '-'));
  }
  return words.join(',');
}

const octal = (bits: number) => bits.toString(8).padStart(4, '0');

/** Pairs of find's condition for what has other permissions, and chmod's word for it. */
function permissionPasses(mode: string): { differs: Script; chmod: string }[] {
  if (!mode.includes(':')) return [{ differs: sh`! -perm ${mode}`, chmod: `0${mode}` }];
  const masks = mode.split('/').map((pair) => pair.split(':').map(Number));
  const pass = ([and = 0, or = 0]: number[], only: Script) => {
    const cleared = 0o7777 & ~and & ~or;
    const isSet = sh`! -perm ${`-${octal(or)}`}`;
    const differs = cleared === 0 ? isSet : sh`'(' ${isSet} -o -perm ${`/${octal(cleared)}`} ')'`;
    return { differs: sh`${only} ${differs}`, chmod: symbolic(and, or) };
  };
  const [plain, executable] = masks;
  if (executable === undefined) return [pass(plain ?? [], sh``)];
  return [pass(plain ?? [], sh`! -type d ! -perm /0111`), pass(executable, sh`'(' -type d -o -perm /0111 ')'`)];
}

/** One look through the tree, and a change only of what differs. kp_p is the top. */
function pass(find: Script, condition: Script, action: Script): Script {
  return sh`
kp_found=$(${find} ${condition} -print 2>&1 | head -n 1)
if [ -n "$kp_found" ] && kp_apply; then kp_try ${find} ${condition} -exec ${action} '{}' + || return 1; fi`;
}

/** `recurse`: everything below the directory gets mode, owner and group; links are followed where that is asked for. */
export function recursion({ mode, owner, group, follow }: Recursion): Script {
  const below = sh`find "$kp_p" ! -path "$kp_p"`;
  const followed = sh`find -L "$kp_p" ! -path "$kp_p"`;
  const top = follow ? followed : below;
  const owns = (flag: string, name: string | undefined, tool: string): Script[] => {
    if (name === undefined) return [];
    const differs = sh`! ${flag} ${name}`;
    const itself = pass(below, differs, sh`${tool} -h -- ${name}`);
    return follow ? [itself, pass(followed, sh`! -type l ${differs}`, sh`${tool} -- ${name}`)] : [itself];
  };
  return joinScripts([
    sh`if [ -d "$kp_p" ]; then`,
    ...owns('-user', owner, 'chown'),
    ...owns('-group', group, 'chgrp'),
    ...(mode === undefined ? [] : permissionPasses(mode)).map(({ differs, chmod }) =>
      pass(top, sh`! -type l ${differs}`, sh`chmod -- ${chmod}`),
    ),
    sh`fi`,
  ]);
}
