import { ByteCursor } from './byte-cursor.ts';
import { headerSize, maxDocuments, OpCode } from './opcodes.ts';
import { protocolError } from './protocol-error.ts';
import { writeHeader } from './header.ts';

/** OP_REPLY: answers OP_QUERY and OP_GET_MORE. */
export interface ReplyMessage {
  op: 'reply';
  requestId: number;
  responseTo: number;
  /** Bits as in ReplyFlag. */
  flags: number;
  cursorId: bigint;
  startingFrom: number;
  documents: Buffer[];
}

/** Reads an OP_REPLY. Throws gatewayProtocol. */
export function parseReply(frame: Buffer, requestId: number, responseTo: number): ReplyMessage {
  const body = new ByteCursor(frame, headerSize);
  const flags = body.int32();
  const cursorId = body.int64();
  const startingFrom = body.int32();
  const count = body.int32();
  if (count > maxDocuments) throw protocolError('OP_REPLY with too many documents');
  const documents: Buffer[] = [];
  while (!body.done && documents.length < count) documents.push(body.document());
  if (!body.done || documents.length !== count)
    throw protocolError('OP_REPLY with another number of documents than announced');
  return { op: 'reply', requestId, responseTo, flags, cursorId, startingFrom, documents };
}

/** The cursor's id in what writeReply gave; 0 where there is nothing more. */
export function cursorIdOf([head]: Buffer[]): bigint {
  return head?.readBigInt64LE(headerSize + 4) ?? 0n;
}

/** An OP_REPLY. */
export function writeReply(
  requestId: number,
  responseTo: number,
  documents: Buffer[],
  options: { flags?: number; cursorId?: bigint; startingFrom?: number } = {},
): Buffer[] {
  const head = Buffer.alloc(headerSize + 20);
  const size = documents.reduce((sum, document) => sum + document.length, head.length);
  writeHeader(head, size, requestId, responseTo, OpCode.reply);
  head.writeInt32LE(options.flags ?? 0, headerSize);
  head.writeBigInt64LE(options.cursorId ?? 0n, headerSize + 4);
  head.writeInt32LE(options.startingFrom ?? 0, headerSize + 12);
  head.writeInt32LE(documents.length, headerSize + 16);
  return [head, ...documents];
}
