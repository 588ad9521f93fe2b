import { KprovError } from '../errors/index.js';
import { isBootstrapToken, isCaCertHash, isCertificateKey } from './tokens.js';

/** What a node needs to join. Every field has been checked against its grammar: none can carry shell syntax. */
export interface JoinParameters {
  /** `10.0.0.1:6443`, `[fd00::1]:6443`, `k8s.example.com:6443` */
  readonly endpoint: string;
  readonly token: string;
  /** `sha256:` and 64 hexadecimal digits each, in the order printed, without repetitions. */
  readonly caCertHashes: readonly string[];
  /** Only where `kubeadm init` uploaded its certificates. */
  readonly certificateKey?: string;
}

const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;

const HOST = /^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?):(\d{1,5})$/;

/** True for `host:port` with a name, an IPv4 or a bracketed IPv6 address. */
export function isEndpoint(text: string): boolean {
  const port = HOST.exec(text)?.[1];
  return text.length <= 260 && port !== undefined && Number(port) > 0 && Number(port) <= 65535;
}

/** One `kubeadm join …` as it stands in a text: possibly incomplete. */
interface Found {
  endpoint?: string;
  token?: string;
  hashes: string[];
  certificateKey?: string;
}

/** Takes a flag's value into what was found; false where the value is not of the flag's grammar. */
type Take = (found: Found, value: string) => boolean;

const valued = new Map<string, Take>([
  [
    '--token',
    (found, value) => {
      if (isBootstrapToken(value)) found.token = value;
      return found.token === value;
    },
  ],
  [
    '--discovery-token-ca-cert-hash',
    (found, value) => {
      // kubeadm takes several hashes after one flag, separated by commas, and repeated flags.
      const hashes = value.toLowerCase().split(',');
      if (!hashes.every(isCaCertHash)) return false;
      found.hashes.push(...hashes);
      return true;
    },
  ],
  [
    '--certificate-key',
    (found, value) => {
      if (isCertificateKey(value)) found.certificateKey = value;
      return found.certificateKey === value;
    },
  ],
]);

/** Reads the words after `kubeadm join` up to the first one that cannot belong to the command. */
function readCommand(words: readonly string[]): Found {
  const found: Found = { hashes: [] };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (word === '\\') continue;
    if (!word.startsWith('--')) {
      if (found.endpoint !== undefined || !isEndpoint(word)) break;
      found.endpoint = word;
      continue;
    }
    const equals = word.indexOf('=');
    const flag = equals < 0 ? word : word.slice(0, equals);
    const take = valued.get(flag);
    if (take === undefined) {
      // A flag of no interest, such as --control-plane or --cri-socket unix:///run/x.sock.
      const next = words[i + 1] ?? '';
      if (equals < 0 && /^(?:unix:\/\/)?\//.test(next)) i++;
      continue;
    }
    let value = word.slice(equals + 1);
    if (equals < 0) {
      while (words[i + 1] === '\\') i++;
      value = words[++i] ?? '';
    }
    if (!take(found, value)) break;
  }
  return found;
}

const isComplete = (found: Found): boolean =>
  found.endpoint !== undefined && found.token !== undefined && found.hashes.length > 0;

/**
 * Finds the join parameters in what `kubeadm init` or `kubeadm token create --print-join-command` printed (kubeadm 1.13
 * to 1.37): one line or wrapped with backslashes, several hashes, with or without a control-plane form, within prose,
 * with CRLF or colours. Where commands differ the last complete one counts; a certificate key may come from another
 * command for the same endpoint or from the line that `upload-certs` prints.
 * @throws KprovError `no-join-command`
 */
export function parseJoinCommand(output: string): JoinParameters {
  const text = output.replace(ANSI, '').replace(/\r\n?/g, '\n').replace(/\\\n/g, ' \\ ');
  const commands = [...text.matchAll(/(?<![\w-])kubeadm[ \t]+join(?![\w-])/g)].map((match) => {
    const rest = text.slice(match.index + match[0].length, match.index + match[0].length + 8192);
    const end = /(?<![\w-])kubeadm[ \t]+join(?![\w-])/.exec(rest)?.index ?? rest.length;
    return readCommand(rest.slice(0, end).split(/\s+/).filter(Boolean));
  });
  const last = commands.filter(isComplete).at(-1);
  if (last?.endpoint === undefined || last.token === undefined) {
    throw new KprovError('no-join-command', 'kubeadm printed no complete join command', {
      why: 'Expected kubeadm join HOST:PORT with --token and --discovery-token-ca-cert-hash.',
      fix: 'kubeadm token create --print-join-command',
    });
  }
  const printed = [...text.matchAll(/certificate key:\s*([0-9a-f]{64})(?![0-9a-f])/g)].at(-1)?.[1];
  const key = commands
    .filter((c) => c.endpoint === last.endpoint && c.certificateKey !== undefined)
    .at(-1)?.certificateKey;
  const certificateKey = key ?? printed;
  return {
    endpoint: last.endpoint,
    token: last.token,
    caCertHashes: [...new Set(last.hashes)],
    ...(certificateKey === undefined ? {} : { certificateKey }),
  };
}
