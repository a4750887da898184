import { longOf, stringOf } from '../../../bson/access.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { elements, field, type Element, type Value } from '../../../bson/value.ts';
import { badValue, CommandError, failedToParse } from '../../../query/errors.ts';
import { malformed } from '../cursors/start-cursor.ts';
import { firstValue, invalidNamespace } from '../options/collection-name.ts';
import { toCount, toUncheckedLong } from '../options/numbers.ts';
import { maxTimeOf } from '../options/time-limit.ts';
import { cursorReply, newReply } from '../reply.ts';
import { printDocument, printElement } from '../../../bson/print.ts';
import { resolveView } from '../query/resolved-view.ts';
import type { Handler } from './command.ts';
import type { RocksEngineState } from '../state.ts';

/** getMore. */
const getMore: Handler = async ({ state, db, command, signal }) => {
  const { id, namespace, batchSize, waitMs } = parse(db, command);
  await checkCollection(state, db, namespace, id);
  checkOwner(namespace, id, state.cursors.namespaceOf(id));
  const cursor = state.cursors.take(id);
  if (cursor === undefined) throw notFound(id);
  if (cursor === 'busy') throw new CommandError(12051, 'CursorInUse', `cursor ${id} is already in use`);
  const stop = (): void => {
    cursor.abort.abort(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  // A getMore that is refused leaves the cursor as it is.
  let reading = false;
  try {
    if (waitMs > 0 && !cursor.awaitData) {
      throw badValue('cannot set maxTimeMS on getMore command for a non-awaitData cursor');
    }
    reading = true;
    const { documents, ended } = await cursor.documents.next(batchSize);
    const open = cursor.tailable || !ended;
    // The cursor could give no further documents.
    if (open) cursor.abort.signal.throwIfAborted();
    if (!open) await state.cursors.kill(id);
    return cursorReply(namespace, open ? id : 0n, documents, 'nextBatch');
  } catch (error) {
    if (reading) await state.cursors.kill(id);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    state.cursors.giveBack(cursor);
  }
};

function notFound(id: bigint): CommandError {
  return new CommandError(43, 'CursorNotFound', `Cursor not found, cursor id: ${id}`);
}

/** A collection knows its own cursors only; those of the lists of collections and indexes are kept together. */
function checkOwner(namespace: string, id: bigint, owner: string | undefined): void {
  if (owner === namespace) return;
  if (owner === undefined || !(isList(owner) && isList(namespace))) throw notFound(id);
  throw new CommandError(
    13,
    'Unauthorized',
    `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${owner}`,
  );
}

function isList(namespace: string): boolean {
  return namespace.includes('.$cmd.list');
}

interface GetMore {
  id: bigint;
  namespace: string;
  batchSize: number | undefined;
  /** How long to wait for documents; 0 if not given. */
  waitMs: number;
}

function parse(db: string, command: Value): GetMore {
  for (const { name, value } of elements(command)) checkOption(command, name, value);
  const first = firstValue(command);
  const collection = field(command, 'collection');
  if (first?.type !== BsonType.long || collection === undefined) {
    throw malformed(command, "Field 'collection' missing");
  }
  const id = longOf(first);
  const name = stringOf(collection);
  if (name === '') throw badValue(`Invalid namespace for getMore: ${db}.`);
  if (id === 0n) throw badValue('Cursor id for getMore must be non-zero');
  const size = toUncheckedLong(field(command, 'batchSize'));
  if (size !== undefined && size <= 0n) {
    throw badValue(`Batch size for getMore must be positive, but received: ${size}`);
  }
  if (field(command, 'term')) throw badValue("cannot supply 'term' without active replication");
  const waitMs = maxTimeOf(command);
  return {
    id,
    namespace: `${db}.${name}`,
    batchSize: size === undefined ? undefined : toCount(size),
    waitMs,
  };
}

/** The form of one field of a getMore. Throws FailedToParse for one that is unknown, TypeMismatch, BadValue. */
function checkOption(command: Value, name: string, value: Value): void {
  switch (name) {
    case 'getMore': {
      checkType(command, name, 'of type long', value.type === BsonType.long);
      return;
    }
    case 'collection': {
      checkType(command, name, 'of type string', value.type === BsonType.string);
      return;
    }
    case 'batchSize': {
      checkType(command, name, 'a number', isNumberType(value.type));
      return;
    }
    case 'term': {
      checkType(command, name, 'of type NumberLong', value.type === BsonType.long);
      return;
    }
    case 'lastKnownCommittedOpTime': {
      checkType(command, name, 'of type object', value.isDocument());
      return;
    }
    case 'maxTimeMS':
      maxTimeOf(command);
      return;
    default:
      if (name.startsWith('$')) return;
      throw failedToParse(`Failed to parse: ${printDocument(command)}. Unrecognized field '${name}'.`);
  }
}

function checkType(command: Value, name: string, what: string, holds: boolean): void {
  if (holds) return;
  throw new CommandError(14, 'TypeMismatch', `Field '${name}' must be ${what} in: ${printDocument(command)}`);
}

/** mongod looks for the collection, that of a view where the name is a view's, before the cursor. */
async function checkCollection(
  state: RocksEngineState,
  db: string,
  namespace: string,
  id: bigint,
): Promise<void> {
  if (state.cursors.namespaceOf(id) === namespace) return;
  const name = namespace.slice(db.length + 1);
  if (name.startsWith('$cmd.')) return;
  const view = await resolveView(state, db, name);
  if (state.catalog.collection(db, view?.collection ?? name)) return;
  throw new CommandError(96, 'OperationFailed', 'collection dropped between getMore calls');
}

/** killCursors: those of the collection; `$cmd` stands for any, as the old protocol names none. */
const killCursors: Handler = async ({ state, db, command }) => {
  const cursors = field(command, 'cursors');
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw malformed(command, 'First parameter must be a string');
  if (stringOf(first) === '') throw invalidNamespace(`Invalid collection name: ${db}.`);
  if (cursors?.isArray() !== true) throw malformed(command, "Field 'cursors' must be of type array");
  const ids: bigint[] = [];
  for (const element of elements(cursors)) {
    if (element.value.type !== BsonType.long) throw notLong(element);
    ids.push(longOf(element.value));
  }
  if (ids.length === 0) throw badValue(`Must specify at least one cursor id in: ${printDocument(command)}`);
  const killed: bigint[] = [];
  const missing: bigint[] = [];
  const name = stringOf(first);
  for (const id of ids) {
    const isOwn = name === '$cmd' || state.cursors.namespaceOf(id) === `${db}.${name}`;
    (isOwn && (await state.cursors.kill(id)) ? killed : missing).push(id);
  }
  const reply = newReply();
  const list = (name: string, values: readonly bigint[]): void => {
    reply.openArray(name);
    values.forEach((id, at) => reply.long(String(at), id));
    reply.close();
  };
  list('cursorsKilled', killed);
  list('cursorsNotFound', missing);
  list('cursorsAlive', []);
  list('cursorsUnknown', []);
  return reply;
};

function notLong(element: Element): CommandError {
  return failedToParse(
    `Field 'cursors' contains an element that is not of type long: ${printElement(element)}`,
  );
}

export const cursorCommands = { getMore, killCursors };
