import { ByteCursor } from './byte-cursor.ts';
import { headerSize, OpCode } from './opcodes.ts';
import { writeHeader } from './header.ts';

/** OP_COMMAND: what the mongo shells of 3.2 to 3.6 send to a server that is older than OP_MSG. */
export interface CommandMessage {
  op: 'command';
  requestId: number;
  db: string;
  command: Buffer;
}

/** Reads an OP_COMMAND. Throws gatewayProtocol. */
export function parseCommand(frame: Buffer, requestId: number): CommandMessage {
  const body = new ByteCursor(frame, headerSize);
  const db = body.cstring();
  // The command's name again, which its first field says already.
  body.cstring();
  const command = body.document();
  body.document();
  while (!body.done) body.document();
  return { op: 'command', requestId, db, command };
}

const noMetadata = Buffer.from([5, 0, 0, 0, 0]);

/** The reply to an OP_COMMAND. */
export function writeCommandReply(requestId: number, responseTo: number, reply: Buffer): Buffer[] {
  const head = Buffer.alloc(headerSize);
  writeHeader(
    head,
    headerSize + reply.length + noMetadata.length,
    requestId,
    responseTo,
    OpCode.commandReply,
  );
  return [head, reply, noMetadata];
}
