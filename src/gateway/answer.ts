import type { Engine } from '../engine/engine.ts';
import type { Message } from '../wire/message.ts';
import { writeCommandReply } from '../wire/op-command.ts';
import { writeMsg } from '../wire/op-msg.ts';
import type { QueryMessage } from '../wire/op-query.ts';
import { cursorIdOf, writeReply } from '../wire/op-reply.ts';
import { QueryFlag, ReplyFlag } from '../wire/opcodes.ts';
import { protocolError } from '../wire/protocol-error.ts';
import { withoutLaterConcern } from '../wire/translate.ts';
import type { Reply } from './client-connection.ts';
import { dispatch } from './dispatch.ts';
import {
  checkCommandLimit,
  findCommandOf,
  getMoreCommandOf,
  killCursorsCommandOf,
  legacyReply,
  pseudoCommandOf,
  queryFailure,
  splitNamespace,
  unwrapCommand,
} from './legacy-find.ts';
import { type ClientState, stringField } from './local-commands.ts';
import { errorReply, Refusal, refuseWrite } from './replies.ts';

/** The reply to one message; `nextId` numbers what is sent. Throws gatewayProtocol for what no client sends. */
export async function answer(
  engine: Engine,
  state: ClientState,
  nextId: () => number,
  message: Message,
): Promise<Reply> {
  const run = (db: string, command: Buffer): Promise<Buffer> => dispatch(engine, state, db, command);
  const requestId = nextId();
  const parts = await answerOnce(run, state, requestId, message);
  const wantsAll = message.op === 'query' && (message.flags & QueryFlag.exhaust) !== 0;
  return wantsAll ? toTheEnd({ run, nextId, message }, parts, requestId) : { parts };
}

/** Batch after batch unasked, each as the reply to the one before: a client that sends the exhaust flag waits for that. */
function toTheEnd(
  query: { run: Run; nextId: () => number; message: QueryMessage },
  parts: Buffer[],
  lastId: number,
): Reply {
  const { run, nextId, message } = query;
  const cursorId = cursorIdOf(parts);
  const namespace = splitNamespace(message.namespace);
  if (cursorId === 0n || !namespace) return { parts };
  const next = async (): Promise<Reply> => {
    const requestId = nextId();
    const getMore = getMoreCommandOf({ limit: message.limit, cursorId }, namespace.collection);
    const reply = legacyReply(requestId, lastId, await run(namespace.db, getMore));
    return toTheEnd(query, reply, requestId);
  };
  return { parts, next };
}

/** The parts of one message, none where the protocol has no reply. */
async function answerOnce(
  run: Run,
  state: ClientState,
  requestId: number,
  message: Message,
): Promise<Buffer[]> {
  switch (message.op) {
    case 'msg': {
      const db = stringField(message.body, '$db');
      const reply =
        db === undefined
          ? errorReply(new Refusal(40571, 'Location40571', 'OP_MSG requests require a $db argument'))
          : await run(db, withoutLaterConcern(message.body));
      return message.moreToCome ? [] : writeMsg(requestId, message.requestId, reply);
    }
    case 'command':
      return writeCommandReply(requestId, message.requestId, await run(message.db, message.command));
    case 'query':
      return answerQuery(run, requestId, message);
    case 'getMore': {
      const namespace = splitNamespace(message.namespace);
      if (!namespace)
        return queryFailure(requestId, message.requestId, 73, `Invalid ns [${message.namespace}]`);
      const reply = await run(namespace.db, getMoreCommandOf(message, namespace.collection));
      return legacyReply(requestId, message.requestId, reply);
    }
    case 'killCursors':
      await run('admin', killCursorsCommandOf(message.cursorIds));
      return [];
    case 'write':
      state.lastError = refuseWrite().message;
      return [];
    case 'reply':
      throw protocolError('a client sent a reply');
  }
}

type Run = (db: string, command: Buffer) => Promise<Buffer>;

async function answerQuery(run: Run, requestId: number, message: QueryMessage): Promise<Buffer[]> {
  const namespace = splitNamespace(message.namespace);
  if (!namespace) return queryFailure(requestId, message.requestId, 73, `Invalid ns [${message.namespace}]`);
  const { db, collection } = namespace;
  if (collection === '$cmd') {
    const reply = await runQueryCommand(run, db, message);
    return writeReply(requestId, message.requestId, [reply], { flags: ReplyFlag.awaitCapable });
  }
  const pseudo = pseudoCommandOf(collection, message.query);
  if (pseudo) {
    return writeReply(requestId, message.requestId, [await run(db, pseudo)], {
      flags: ReplyFlag.awaitCapable,
    });
  }
  const reply = await run(db, findCommandOf(message, collection));
  return legacyReply(requestId, message.requestId, reply);
}

async function runQueryCommand(run: Run, db: string, message: QueryMessage): Promise<Buffer> {
  try {
    checkCommandLimit(message.limit);
  } catch (error) {
    return errorReply(error);
  }
  return run(db, unwrapCommand(message.query));
}
