import type { Engine } from '../engine/engine.ts';
import type { Message } from '../wire/message.ts';
import { writeCommandReply } from '../wire/op-command.ts';
import { writeMsg } from '../wire/op-msg.ts';
import type { QueryMessage } from '../wire/op-query.ts';
import { writeReply } from '../wire/op-reply.ts';
import { ReplyFlag } from '../wire/opcodes.ts';
import { protocolError } from '../wire/protocol-error.ts';
import { withoutConcerns } from '../wire/translate.ts';
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

/** The parts of the reply to one message, empty where the protocol has none. Throws gatewayProtocol for what no client sends. */
export async function answer(
  engine: Engine,
  state: ClientState,
  requestId: number,
  message: Message,
): Promise<Buffer[]> {
  const run = (db: string, command: Buffer): Promise<Buffer> => dispatch(engine, state, db, command);
  switch (message.op) {
    case 'msg': {
      const db = stringField(message.body, '$db');
      const reply =
        db === undefined
          ? errorReply(new Refusal(40571, 'Location40571', 'OP_MSG requests require a $db argument'))
          : await run(db, withoutConcerns(message.body));
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
