import type { DocumentBuilder } from '../../../bson/builder.ts';
import { printDocument } from '../../../bson/print.ts';
import { isNumberType } from '../../../bson/types.ts';
import { elements, field, type Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { CommandError, badValue, failedToParse } from '../../../query/errors.ts';
import type { CommandContext } from '../commands/command.ts';
import { toCount, toUncheckedLong } from '../options/numbers.ts';
import { cursorReply } from '../reply.ts';
import { DocumentCursor } from './document-cursor.ts';

/** The first batch of a cursor without a batch size, as in mongod. */
const defaultFirstBatch = 101;

export interface NewCursor {
  namespace: string;
  documents: Batches;
  /** Documents in the first batch; undefined is 101, Infinity as many as fit. */
  batchSize: number | undefined;
  /** No cursor stays open: the first batch is all there is. */
  singleBatch?: boolean | undefined;
  /** No more documents than this in the first batch, because then the query has ended. */
  limit?: number | undefined;
  /** See DocumentCursor; default true. */
  peeks?: boolean | undefined;
  tailable?: boolean | undefined;
  awaitData?: boolean | undefined;
  timeless?: boolean | undefined;
  /** Aborts what the documents are read with: set where they were given a signal of their own. */
  abort?: AbortController | undefined;
}

/** The reply with the first batch; what is left stays open under the reply's cursor id. */
export async function startCursor(context: CommandContext, cursor: NewCursor): Promise<DocumentBuilder> {
  const { namespace, singleBatch = false, tailable = false, awaitData = false } = cursor;
  const documents = new DocumentCursor(cursor.documents, cursor.peeks ?? true);
  try {
    const batch = await documents.next(cursor.batchSize ?? defaultFirstBatch);
    const done = batch.ended || (cursor.limit !== undefined && batch.documents.length >= cursor.limit);
    if (singleBatch || (done && !tailable)) {
      await documents.close();
      return cursorReply(namespace, 0n, batch.documents, 'firstBatch');
    }
    const abort = cursor.abort ?? new AbortController();
    // A command that was told to end may have had its documents all the same; its cursor could give no others.
    abort.signal.throwIfAborted();
    const { id } = context.state.cursors.register(
      { namespace, documents, tailable, awaitData, abort },
      { timeless: cursor.timeless ?? false },
    );
    return cursorReply(namespace, id, batch.documents, 'firstBatch');
  } catch (error) {
    await documents.close().catch(() => undefined);
    throw error;
  }
}

/** The `cursor` option of aggregate, listCollections and listIndexes. Throws as mongod does. */
export function cursorOptions(command: Value): { given: boolean; batchSize: number | undefined } {
  const options = field(command, 'cursor');
  if (options === undefined) return { given: false, batchSize: undefined };
  if (!options.isDocument()) {
    throw new CommandError(14, 'TypeMismatch', 'cursor field must be missing or an object');
  }
  const value = field(options, 'batchSize');
  if ([...elements(options)].length !== (value ? 1 : 0)) {
    throw badValue(`cursor object can't contain fields other than batchSize`);
  }
  if (value === undefined) return { given: true, batchSize: undefined };
  if (!isNumberType(value.type)) {
    throw new CommandError(14, 'TypeMismatch', 'cursor.batchSize must be a number');
  }
  const size = toUncheckedLong(value) ?? 0n;
  if (size < 0n) throw badValue('cursor.batchSize must not be negative');
  return { given: true, batchSize: toCount(size) };
}

/** The error for a field of a cursor command that is not of the right form. */
export function malformed(command: Value, what: string): CommandError {
  return failedToParse(`${what} in: ${printDocument(command)}`);
}
