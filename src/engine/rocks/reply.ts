import { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import { CommandError } from '../../query/errors.ts';

/** A reply under construction; `ok` is added at its end. */
export function newReply(sizeHint?: number): DocumentBuilder {
  return new DocumentBuilder(sizeHint);
}

/** The finished reply of a command that succeeded. */
export function succeeded(reply: DocumentBuilder): Buffer {
  return reply.double('ok', 1).finish().slice();
}

/** The reply of a command that failed, with the fields in mongod 3.4's order. */
export function failed(error: CommandError): Buffer {
  const reply = new DocumentBuilder().double('ok', 0).string('errmsg', error.message);
  if (error.code !== undefined) reply.int('code', error.code);
  if (error.codeName !== undefined) reply.string('codeName', error.codeName);
  return Buffer.from(reply.finish().slice());
}

/** The reply of a command that returns a cursor. */
export function cursorReply(
  namespace: string,
  id: bigint,
  batch: readonly Value[],
  name: 'firstBatch' | 'nextBatch',
): DocumentBuilder {
  const size = batch.reduce((sum, { start, end }) => sum + end - start + 8, 256);
  const reply = newReply(size).openDocument('cursor');
  reply.openArray(name);
  for (const document of batch) reply.push(document);
  return reply.close().long('id', id).string('ns', namespace).close();
}
