import type { Diagnostic, Position } from '../../errors/index.js';
import { parseSshArguments, type SshArguments } from './parse-ssh-arguments.js';

/** A ProxyCommand that is a jump host in other words. */
export interface ProxyJumpCommand {
  destination: string;
  arguments: SshArguments;
}

/**
 * Understands `ssh -W %h:%p … bastion`, also with `exec` in front and a path to ssh. Any other program between us and
 * the host is refused by name.
 */
export function parseProxyCommand(
  command: string,
  position: Position,
): { jump: ProxyJumpCommand } | { diagnostics: readonly Diagnostic[] } {
  const [, rest] = /^(?:exec\s+)?(?:\/[\w./-]*\/)?ssh\s+(.*)$/s.exec(unquoteWhole(command.trim())) ?? [];
  const refuse = (why: string): { diagnostics: Diagnostic[] } => ({
    diagnostics: [
      {
        severity: 'error',
        code: 'unsupported-proxy-command',
        message: `ProxyCommand "${command}" is not supported: ${why}`,
        position,
        why: 'kprov opens jump hosts itself; no other program is started.',
        fix: 'Write it as ProxyJump, or as: ssh -W %h:%p BASTION',
      },
    ],
  });
  if (rest === undefined) return refuse('it is not of the form ssh -W %h:%p BASTION');
  const parsed = parseSshArguments(rest, position);
  if (parsed.diagnostics.length > 0) return { diagnostics: parsed.diagnostics };
  if (parsed.forward !== '%h:%p' && parsed.forward !== '[%h]:%p') return refuse('it has no -W %h:%p');
  const [destination, ...command_] = parsed.operands;
  if (destination === undefined) return refuse('it names no host');
  if (command_.length > 0) return refuse('it runs a command on the jump host');
  return { jump: { destination, arguments: parsed } };
}

/** `-o ProxyCommand="…"` often arrives with its quotes. */
function unquoteWhole(command: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/s.exec(command) ?? [];
  return inner !== undefined && quote !== undefined && !inner.includes(quote) ? inner : command;
}
