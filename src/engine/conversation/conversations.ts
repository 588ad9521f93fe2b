import type { Task } from '../../playbook/index.js';
import type { Target } from '../../transport/index.js';
import { asCount, inheritedKeyword, type Keyword } from '../attempts/keyword.js';
import type { RunContext } from '../context.js';
import { type PlayScope, type TaskScope, variablesOf } from '../variables/variables.js';
import { commonTo, connectionReader } from './connection-reader.js';
import { targetOf } from './connection-variables.js';
import { Conversation } from './conversation.js';

/**
 * The conversation with a host: one for each way of reaching it, kept for the whole run. A task's own `connection`,
 * `remote_user` and `port` count where the inventory says nothing.
 */
export function conversationWith(
  run: RunContext,
  play: PlayScope,
  name: string,
  task?: Task,
  asking: string = name,
): Conversation {
  const scope: TaskScope = { play, host: name, ...(task !== undefined && name === asking && { task }) };
  const keywords = task ?? play.play.keywords;
  const isPlain = [keywords.remoteUser, keywords.connection, keywords.port].every((keyword) => keyword === undefined);
  const common = isPlain ? commonTo(scope) : undefined;
  if (common?.conversation) return common.conversation;
  const variables = variablesOf(scope);
  const { read, isCommon } = connectionReader(scope, variables);
  const { templar } = run.scope;
  const defaults = { ...run.options.connection };
  const keyword = (name: Keyword) => inheritedKeyword(keywords, name, { templar, variables });
  const user = keyword('remoteUser');
  if (user !== undefined) defaults.user = String(user);
  const connection = keyword('connection');
  if (connection !== undefined) defaults.connection = String(connection);
  const port = asCount(keyword('port'));
  if (port !== undefined) defaults.port = port;
  if (isThisMachine(name) && !run.scope.inventory.hosts.has(name)) defaults.connection ??= 'local';

  const target = targetOf(name, read, defaults);
  const key = JSON.stringify([name, target.kind, target.address, target.port, target.user]);
  const conversation = run.conversations.get(key) ?? makeConversation(run, target);
  run.conversations.set(key, conversation);
  if (common && isCommon()) common.conversation = conversation;
  return conversation;
}

function makeConversation(run: RunContext, target: Target): Conversation {
  if (target.password !== undefined) run.redactor.add(target.password);
  return new Conversation({
    transport: run.transport,
    target,
    signal: run.signal,
    slots: run.slots,
    transfers: run.transfers,
    maxReconnects: 2,
    ...(run.options.lock && !run.options.checkMode && { lock: run.options.lock }),
    notice: (message) => run.emit({ type: 'notice', level: 'info', host: target.name, message }),
    remark: (message) => {
      if (run.options.verbosity > 0) run.emit({ type: 'notice', level: 'info', host: target.name, message });
    },
  });
}

const isThisMachine = (name: string): boolean => ['localhost', '127.0.0.1', '::1'].includes(name);
