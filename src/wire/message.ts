import { ByteCursor } from './byte-cursor.ts';
import { headerSize, maxCursors, OpCode } from './opcodes.ts';
import { type MsgMessage, parseMsg } from './op-msg.ts';
import { type CommandMessage, parseCommand } from './op-command.ts';
import { parseQuery, type QueryMessage } from './op-query.ts';
import { parseReply, type ReplyMessage } from './op-reply.ts';
import { protocolError } from './protocol-error.ts';

/** OP_GET_MORE: the next batch of an old client's cursor. */
export interface GetMoreMessage {
  op: 'getMore';
  requestId: number;
  namespace: string;
  limit: number;
  cursorId: bigint;
}

/** OP_KILL_CURSORS: has no reply. */
export interface KillCursorsMessage {
  op: 'killCursors';
  requestId: number;
  cursorIds: bigint[];
}

/** OP_INSERT, OP_UPDATE or OP_DELETE, whose content never matters here; they have no reply. */
export interface WriteMessage {
  op: 'write';
  requestId: number;
}

export type Message =
  | MsgMessage
  | QueryMessage
  | CommandMessage
  | GetMoreMessage
  | KillCursorsMessage
  | WriteMessage
  | ReplyMessage;

/** Reads one complete message, as FrameReader gives it. Throws gatewayProtocol for anything malformed or unknown. */
export function parseMessage(frame: Buffer): Message {
  const requestId = frame.readInt32LE(4);
  const responseTo = frame.readInt32LE(8);
  const opCode = frame.readInt32LE(12);
  switch (opCode) {
    case OpCode.msg:
      return parseMsg(frame, requestId, responseTo);
    case OpCode.query:
      return parseQuery(frame, requestId);
    case OpCode.command:
      return parseCommand(frame, requestId);
    case OpCode.reply:
      return parseReply(frame, requestId, responseTo);
    case OpCode.getMore:
      return parseGetMore(frame, requestId);
    case OpCode.killCursors:
      return parseKillCursors(frame, requestId);
    case OpCode.insert:
    case OpCode.update:
    case OpCode.delete:
      return { op: 'write', requestId };
    case OpCode.compressed:
      throw protocolError('a compressed message, though no compressor was agreed on');
    default:
      throw protocolError(`unknown operation ${opCode}`);
  }
}

function parseGetMore(frame: Buffer, requestId: number): GetMoreMessage {
  const body = new ByteCursor(frame, headerSize);
  body.int32();
  const namespace = body.cstring();
  const limit = body.int32();
  const cursorId = body.int64();
  body.finish();
  return { op: 'getMore', requestId, namespace, limit, cursorId };
}

function parseKillCursors(frame: Buffer, requestId: number): KillCursorsMessage {
  const body = new ByteCursor(frame, headerSize);
  body.int32();
  const count = body.int32();
  if (count < 0 || count > maxCursors || count * 8 !== frame.length - body.at)
    throw protocolError('a wrong number of cursors');
  const cursorIds = Array.from({ length: count }, () => body.int64());
  return { op: 'killCursors', requestId, cursorIds };
}
