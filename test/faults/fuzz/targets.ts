import { InputError, KprovError } from '../../../src/errors/index.js';
import { loadInventory, matchHosts } from '../../../src/inventory/index.js';
import { readPythonLiteral } from '../../../src/inventory/python-literal.js';
import { expandRanges } from '../../../src/inventory/ranges.js';
import { parseJoinCommand } from '../../../src/kubernetes/join.js';
import { likelyCure, parsePreflight } from '../../../src/kubernetes/preflight.js';
import { parseKeyValues, splitArguments, UnbalancedError } from '../../../src/playbook/key-value.js';
import { FrameReader } from '../../../src/shell/index.js';
import { parseMode } from '../../../src/tasks/mode.js';
import { createTemplar, TemplateError } from '../../../src/template/index.js';
import { parseSshArguments } from '../../../src/transport/config/parse-ssh-arguments.js';
import { parseSshConfig } from '../../../src/transport/config/parse-ssh-config.js';
import { parseKnownHosts } from '../../../src/transport/known-hosts/parse-known-hosts.js';
import { parseYaml } from '../../../src/yaml/index.js';

export interface Target {
  /** What inputs are made from. */
  seeds: readonly string[];
  run(input: string): unknown;
}

const place = { file: 'fuzz', line: 1, column: 1 };
const memory = (text: string) => ({
  files: {
    read: () => text,
    readBytes: () => Buffer.from(text),
    kind: (path: string) => (/\/fuzz$|\.ini$|\.yml$/.test(path) ? ('file' as const) : undefined),
    isExecutable: () => false,
    list: () => undefined,
  },
  runExecutable: async () => ({ stdout: '', stderr: '', code: 0 }),
  cwd: '/',
});
const inventoryOf = (name: string) => async (text: string) => {
  const { inventory } = await loadInventory([`/fuzz/${name}`], memory(text));
  matchHosts(inventory, 'all:!a:&b', []);
};
const few = await loadInventory(['/fuzz/hosts.ini'], memory('[web]\na[01:09]\n[db]\nb\n[all:children]\nweb\ndb\n'));
const templar = createTemplar();
const variables = {
  get: (name: string) => (name.length < 3 ? { value: [1, 'two', { three: [4] }], template: false } : undefined),
  names: () => ['a'],
};

/** A task's own complaint about an argument is a RangeError of one form. */
const asDiagnosis = (parse: (text: string) => unknown) => (text: string) => {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError && error.message.startsWith('expected ')) return undefined;
    throw error;
  }
};

export const targets: Readonly<Record<string, Target>> = {
  'inventory INI': {
    seeds: [
      '[web]\na ansible_host=10.0.0.1 x="y z"\nb[01:10:2]:2222\n[web:vars]\nk=[1, {"a": true}]\n[all:children]\nweb\n',
    ],
    run: inventoryOf('hosts.ini'),
  },
  'inventory YAML': {
    seeds: [
      'all:\n  hosts:\n    a[1:3]: {ansible_host: 1.2.3.4}\n  children:\n    web: {hosts: {b: }, vars: {x: 1}}\n',
    ],
    run: inventoryOf('hosts.yml'),
  },
  YAML: {
    seeds: [
      '- a: &x {b: [1, 2.5, ~, no]}\n  c: *x\n  d: |\n    text\n  e: !!str 1\n  <<: *x\n',
      '? [a]\n: "\\u00e9"\n---\n...\n',
    ],
    run: (text) => parseYaml(text, 'fuzz'),
  },
  'key=value': {
    seeds: [
      `src=/a dest="b c" content='{{ x | default("y") }}' mode=0644 creates=/x\\ y`,
      '{% if a %}x=1{% endif %} b',
    ],
    run: (text) => [splitArguments(text), parseKeyValues(text, true), parseKeyValues(text, false)],
  },
  'host patterns': {
    seeds: ['web:&db:!a01', '~a0[1-3]', 'a0[1:3]', 'all[0:2],!b', '*'],
    run: (text) => matchHosts(few.inventory, text, []),
  },
  ranges: { seeds: ['a[01:10]b[a:c]', 'n[1:1000000000]', 'x[z:a:2]'], run: expandRanges },
  'Python literals': { seeds: [`{'a': [1, 0x1f, 1e3, True, None], "b": ('c', b'd')}`], run: readPythonLiteral },
  'join output': {
    seeds: [
      `kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef \\\n\t--discovery-token-ca-cert-hash sha256:${'a'.repeat(64)} \\\n\t--control-plane --certificate-key ${'b'.repeat(64)}\n`,
      '[ERROR Port-6443]: Port 6443 is in use\n[WARNING Swap]: x\nerror execution phase preflight: [preflight]\n',
    ],
    run: (text) => [parsePreflight(text), likelyCure(text), parseJoinCommand(text)],
  },
  frames: {
    seeds: [
      '\n@aa begin\n\n@aa <stdout\ntext\n@aa .\n\n@aa end ok\n\n@bb begin\n\n@bb <x\n\n@bb end changed\n',
      '\n@gg ready 1\n\n@gg wait x\n',
    ],
    run: (text) => {
      const reader = new FrameReader({ frame: () => undefined, progress: () => undefined }, { maxFieldBytes: 64 });
      reader.greet('gg');
      for (const nonce of ['aa', 'bb']) reader.expect(nonce);
      const bytes = Buffer.from(text, 'latin1');
      for (let at = 0; at < bytes.length; at += 7) reader.push(bytes.subarray(at, at + 7));
      reader.forget('bb');
    },
  },
  known_hosts: {
    seeds: [
      'a,b ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDk=\n@revoked *.x ssh-rsa AAAA\n|1|aGk=|aGk= ecdsa-sha2-nistp256 AAAA c\n',
    ],
    run: (text) => parseKnownHosts(text, 'fuzz'),
  },
  ssh_config: {
    seeds: ['Host a !b\n  HostName "%h.x"\n  ProxyJump u@j:22,k\nMatch host x exec "true"\nInclude y\nPort=22\n'],
    run: (text) => parseSshConfig(text, 'fuzz'),
  },
  'ssh arguments': {
    seeds: [`-o ProxyCommand="ssh -W %h:%p j" -J a,b -p 22 -i '/x y' -oPort=3`],
    run: (text) => parseSshArguments(text, place),
  },
  mode: { seeds: ['u=rwX,g-w,o+t', '0644', 'a+s,u=g', '1777'], run: asDiagnosis(parseMode) },
  templates: {
    seeds: [
      '{% for x in a %}{{ loop.index ~ x | default("y") | upper }}{% endfor %}{# c #}{{ {"a": [1,2][0:1]} is defined }}',
      '{{ a | map("upper") | list if a else b.c[0] }}{% set y = 1 %}{% raw %}{{{% endraw %}',
    ],
    run: (text) => [templar.check(text), templar.render(text, variables)],
  },
};

/** What a parser may throw: everything that says what is wrong and where. */
export const isDiagnosis = (error: unknown): boolean =>
  error instanceof KprovError ||
  error instanceof InputError ||
  error instanceof TemplateError ||
  error instanceof UnbalancedError;

/** Numbers from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const words = [
  '__proto__',
  'constructor',
  '{{',
  '}}',
  '{%',
  '%}',
  '"',
  "'",
  '\\',
  '\n',
  '\0',
  '\t',
  '[',
  ']',
  ':',
  '!',
  '&a',
  '*a',
  '9'.repeat(30),
  '-',
  '=',
  '\u{1f600}',
  '\ud800',
  '\r\n',
  '<<',
  '((((',
  '[[[[',
  '{{{{',
  '%h',
  '\u001b[2J',
  '1e999',
  'nan',
  '//',
  '..',
];

/** A seed with pieces left out, doubled, exchanged and thrown in. */
export function mutate(seeds: readonly string[], random: () => number): string {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  let text = pick(seeds) ?? '';
  for (let i = 1 + Math.floor(random() * 6); i > 0; i--) {
    const at = Math.floor(random() * (text.length + 1));
    const end = Math.min(text.length, at + Math.floor(random() * 12));
    const piece = text.slice(at, end);
    const kind = Math.floor(random() * 6);
    const fill =
      kind === 0
        ? ''
        : kind === 1
          ? piece + piece
          : kind === 2
            ? (pick(words) ?? '')
            : kind === 3
              ? String.fromCharCode(Math.floor(random() * 256))
              : kind === 4
                ? piece.repeat(Math.floor(random() * 20))
                : (pick(seeds) ?? '').slice(at, at + 20);
    text = text.slice(0, at) + fill + text.slice(kind === 3 ? at + 1 : end);
  }
  return text;
}

export interface Fuzzed {
  inputs: number;
  slowestMs: number;
  findings: { input: string; problem: string }[];
}

/** Gives a target so many inputs, or as many as the time allows. */
export async function fuzz(
  target: Target,
  options: { inputs: number; seed: number; limitMs?: number },
): Promise<Fuzzed> {
  const random = randomFrom(options.seed);
  const result: Fuzzed = { inputs: 0, slowestMs: 0, findings: [] };
  const end = performance.now() + (options.limitMs ?? Number.POSITIVE_INFINITY);
  while (result.inputs < options.inputs && result.findings.length < 5 && performance.now() < end) {
    const input = mutate(target.seeds, random);
    result.inputs++;
    const problem = await problemOf(target, input, result);
    if (problem !== undefined) result.findings.push({ input, problem });
  }
  return result;
}

/** Why this input is a finding; undefined where all is well. */
export async function problemOf(target: Target, input: string, result?: Fuzzed): Promise<string | undefined> {
  const began = performance.now();
  const thrown = await thrownBy(target, input);
  if (thrown !== undefined) return thrown;
  if (performance.now() - began > Math.max(result?.slowestMs ?? 0, 1)) {
    // Processor time counts: a busy machine is no finding. Asking for it takes longer than most inputs do, so only
    // those are asked about that seem slower than all before.
    const before = process.cpuUsage();
    await thrownBy(target, input);
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    if (result) result.slowestMs = Math.max(result.slowestMs, took);
    if (took > 1000) return `took ${Math.round(took)} ms`;
  }
  return ({} as Record<string, unknown>).polluted === undefined ? undefined : 'Object.prototype was changed';
}

/** What a parser throws that is no diagnosis. */
async function thrownBy(target: Target, input: string): Promise<string | undefined> {
  try {
    const given = target.run(input);
    if (given instanceof Promise) await given;
  } catch (error) {
    if (!isDiagnosis(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return undefined;
}
