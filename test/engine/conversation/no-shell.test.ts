import { Conversation } from '../../../src/engine/conversation/conversation.js';
import type { ConversationOptions } from '../../../src/engine/conversation/conversation-options.js';
import { Slots } from '../../../src/engine/scheduler/slots.js';
import { sh } from '../../../src/shell/index.js';
import type { Channel, ChannelExit, Connection, Target } from '../../../src/transport/index.js';

const target: Target = { name: 'one', kind: 'ssh', address: '192.0.2.1' };

/** A host whose login ends so many turns of the event loop's microtasks after it was opened; it says why. */
function conversationWith(turns: number): Conversation {
  const exit = async (): Promise<ChannelExit> => {
    for (let i = 0; i < turns; i++) await undefined;
    return { kind: 'exited', code: 1 };
  };
  const channel = (): Channel => ({
    write: () => Promise.reject(new Error('it no longer reads')),
    handOn: () => Promise.reject(new Error('it no longer reads')),
    end: () => undefined,
    close: () => undefined,
    onStdout: (listener) => listener(Buffer.from('This account is not available.\n')),
    onStderr: () => undefined,
    exit: exit(),
  });
  const connection: Connection = {
    target,
    user: 'somebody',
    exec: async () => channel(),
    lost: new Promise(() => undefined),
    close: async () => undefined,
  };
  const options: Omit<ConversationOptions, 'transfers'> = {
    transport: { connect: async () => connection, close: async () => undefined },
    target,
    signal: new AbortController().signal,
    slots: new Slots(1),
    maxReconnects: 2,
    notice: () => undefined,
    remark: () => undefined,
  };
  return new Conversation(options as ConversationOptions);
}

test.each(Array.from({ length: 20 }, (_, turns) => turns))(
  'a login that gives no shell is told, however soon it ends (%i)',
  async (turns) => {
    const conversation = conversationWith(turns);
    const mode = { check: false, diff: false, mayFail: false };
    const step = { body: sh`:`, mode, become: { kind: 'login' as const }, repeatable: true };
    await expect(conversation.send(step)).rejects.toThrow(/it said: This account is not available/);
  },
);
