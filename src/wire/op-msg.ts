import { crc32c } from '@node-rs/crc32';
import { BsonType } from '../bson/types.ts';
import { ByteCursor } from './byte-cursor.ts';
import { headerSize, maxDocuments, MsgFlag, OpCode } from './opcodes.ts';
import { protocolError } from './protocol-error.ts';
import { writeHeader } from './header.ts';

/** OP_MSG: a command or its reply. */
export interface MsgMessage {
  op: 'msg';
  requestId: number;
  responseTo: number;
  /** The sender expects no reply (in a request), or sends another message unasked (in a reply). */
  moreToCome: boolean;
  exhaustAllowed: boolean;
  /** The body document with every document sequence put in as an array field. */
  body: Buffer;
}

const required = 0xffff;

/** Reads an OP_MSG; verifies its checksum where it carries one. Throws gatewayProtocol. */
export function parseMsg(frame: Buffer, requestId: number, responseTo: number): MsgMessage {
  const body = new ByteCursor(frame, headerSize);
  const flags = body.int32();
  if ((flags & required & ~(MsgFlag.checksumPresent | MsgFlag.moreToCome)) !== 0) {
    throw protocolError('OP_MSG with an unknown flag');
  }
  const hasChecksum = (flags & MsgFlag.checksumPresent) !== 0;
  if (hasChecksum) checkSum(frame);
  const sections = new ByteCursor(frame, body.at, frame.length - (hasChecksum ? 4 : 0));
  return {
    op: 'msg',
    requestId,
    responseTo,
    moreToCome: (flags & MsgFlag.moreToCome) !== 0,
    exhaustAllowed: (flags & MsgFlag.exhaustAllowed) !== 0,
    body: readSections(sections),
  };
}

/** An OP_MSG with one body section, without checksum. */
export function writeMsg(requestId: number, responseTo: number, body: Buffer): Buffer[] {
  const head = Buffer.alloc(headerSize + 5);
  writeHeader(head, head.length + body.length, requestId, responseTo, OpCode.msg);
  return [head, body];
}

/** CRC-32C of all bytes before it. */
function checkSum(frame: Buffer): void {
  if (frame.length < headerSize + 8) throw protocolError('OP_MSG is cut off');
  const end = frame.length - 4;
  if (crc32c(frame.subarray(0, end)) !== frame.readUInt32LE(end))
    throw protocolError('OP_MSG with a wrong checksum');
}

function readSections(sections: ByteCursor): Buffer {
  let body: Buffer | undefined;
  const sequences = new Map<string, Buffer[]>();
  let room = maxDocuments;
  while (!sections.done) {
    const kind = sections.byte();
    if (kind === 0) {
      if (body) throw protocolError('OP_MSG with two bodies');
      body = sections.document();
    } else if (kind === 1) {
      const [name, documents] = readSequence(sections, room);
      room -= documents.length;
      if (sequences.has(name)) throw protocolError('OP_MSG with a document sequence twice');
      sequences.set(name, documents);
    } else {
      throw protocolError(`OP_MSG with a section of kind ${kind}`);
    }
  }
  if (!body) throw protocolError('OP_MSG without a body');
  return sequences.size === 0 ? body : withSequences(body, sequences);
}

function readSequence(sections: ByteCursor, room: number): [string, Buffer[]] {
  const start = sections.at;
  const size = sections.int32();
  const name = sections.cstring();
  const documents: Buffer[] = [];
  while (sections.at < start + size) {
    if (documents.length === room) throw protocolError('OP_MSG with too many documents');
    documents.push(sections.document());
  }
  if (sections.at !== start + size) throw protocolError('a document sequence of a wrong size');
  return [name, documents];
}

/** Both kinds of section make one command: a sequence is an array field of the body that travels outside of it. */
function withSequences(body: Buffer, sequences: Map<string, Buffer[]>): Buffer {
  const parts: Buffer[] = [body.subarray(0, body.length - 1)];
  for (const [name, documents] of sequences) {
    const length = Buffer.alloc(4);
    parts.push(elementHead(BsonType.array, name), length);
    let size = 5;
    documents.forEach((document, index) => {
      const head = elementHead(BsonType.object, String(index));
      parts.push(head, document);
      size += head.length + document.length;
    });
    length.writeInt32LE(size);
    parts.push(Buffer.alloc(1));
  }
  const whole = Buffer.concat([...parts, Buffer.alloc(1)]);
  whole.writeInt32LE(whole.length, 0);
  return whole;
}

function elementHead(type: number, name: string): Buffer {
  return Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`, 'utf8')]);
}
