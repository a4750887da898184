import { ByteCursor } from './byte-cursor.ts';
import { headerSize, OpCode } from './opcodes.ts';
import { protocolError } from './protocol-error.ts';
import { writeHeader } from './header.ts';

/** OP_QUERY: a find of an old client, or a command when the namespace ends in `.$cmd`. */
export interface QueryMessage {
  op: 'query';
  requestId: number;
  /** Bits as in QueryFlag. */
  flags: number;
  namespace: string;
  skip: number;
  /** Documents to return; negative: one batch of so many at most. */
  limit: number;
  query: Buffer;
  projection: Buffer | undefined;
}

/** Reads an OP_QUERY. Throws gatewayProtocol. */
export function parseQuery(frame: Buffer, requestId: number): QueryMessage {
  const body = new ByteCursor(frame, headerSize);
  const flags = body.int32();
  const namespace = body.cstring();
  const skip = body.int32();
  const limit = body.int32();
  const query = body.document();
  const projection = body.done ? undefined : body.document();
  body.finish();
  return { op: 'query', requestId, flags, namespace, skip, limit, query, projection };
}

/** An OP_QUERY that carries a command for `db`. Throws gatewayProtocol for a name that would end before its own end. */
export function writeCommandQuery(requestId: number, db: string, command: Buffer, flags = 0): Buffer[] {
  // What follows a NUL would be read as the rest of the message: another command than the one that was checked.
  if (db.includes('\0')) throw protocolError('the name of a database with a NUL');
  const namespace = Buffer.from(`${db}.$cmd\0`, 'utf8');
  const head = Buffer.alloc(headerSize + 4 + namespace.length + 8);
  writeHeader(head, head.length + command.length, requestId, 0, OpCode.query);
  head.writeInt32LE(flags, headerSize);
  namespace.copy(head, headerSize + 4);
  head.writeInt32LE(-1, head.length - 4);
  return [head, command];
}
