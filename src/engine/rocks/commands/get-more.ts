import { longOf, stringOf } from '../../../bson/access.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { elements, field, type Element, type Value } from '../../../bson/value.ts';
import { badValue, CommandError, failedToParse } from '../../../query/errors.ts';
import { malformed } from '../cursors/start-cursor.ts';
import { firstValue } from '../options/collection-name.ts';
import { toCount, toLong } from '../options/numbers.ts';
import { cursorReply, newReply } from '../reply.ts';
import { printDocument, printElement } from '../../../bson/print.ts';
import type { Handler } from './command.ts';
import type { RocksEngineState } from '../state.ts';

/** getMore. */
const getMore: Handler = async ({ state, db, command, signal }) => {
  const { id, namespace, batchSize } = parse(db, command);
  checkCollection(state, db, namespace, id);
  const cursor = state.cursors.take(id);
  if (cursor === undefined)
    throw new CommandError(43, 'CursorNotFound', `Cursor not found, cursor id: ${id}`);
  if (cursor === 'busy') throw new CommandError(12051, 'CursorInUse', `cursor ${id} is already in use`);
  const stop = (): void => {
    cursor.abort.abort(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (cursor.namespace !== namespace) {
      throw new CommandError(
        13,
        'Unauthorized',
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    const { documents, ended } = await cursor.documents.next(batchSize);
    const open = cursor.tailable || !ended;
    if (!open) await state.cursors.kill(id);
    return cursorReply(namespace, open ? id : 0n, documents, 'nextBatch');
  } catch (error) {
    if (!(error instanceof CommandError && error.code === 13)) await state.cursors.kill(id);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    state.cursors.giveBack(cursor);
  }
};

interface GetMore {
  id: bigint;
  namespace: string;
  batchSize: number | undefined;
}

const known = new Set([
  'getMore',
  'collection',
  'batchSize',
  'maxTimeMS',
  'term',
  'lastKnownCommittedOpTime',
]);

function parse(db: string, command: Value): GetMore {
  const first = firstValue(command);
  if (first?.type !== BsonType.long) throw malformed(command, "Field 'getMore' must be of type long");
  const id = longOf(first);
  let batchSize: number | undefined;
  for (const { name, value } of elements(command)) {
    if (!known.has(name) && !name.startsWith('$')) {
      throw failedToParse(`Failed to parse: ${printDocument(command)}. Unrecognized field '${name}'.`);
    }
    if (name === 'batchSize') {
      if (!isNumberType(value.type)) throw malformed(command, "Field 'batchSize' must be a number");
      const size = toLong(value) ?? 0n;
      if (size < 0n) throw badValue(`Batch size for getMore must be positive, but received: ${size}`);
      batchSize = size === 0n ? undefined : toCount(size);
    }
  }
  const collection = field(command, 'collection');
  if (collection === undefined) throw malformed(command, "Field 'collection' missing");
  if (collection.type !== BsonType.string)
    throw malformed(command, "Field 'collection' must be of type string");
  if (id === 0n) throw badValue('Cursor id for getMore must be non-zero');
  const name = stringOf(collection);
  if (name === '') throw badValue(`Invalid namespace for getMore: ${db}.`);
  return { id, namespace: `${db}.${name}`, batchSize };
}

/** mongod looks for the collection before the cursor. */
function checkCollection(state: RocksEngineState, db: string, namespace: string, id: bigint): void {
  if (state.cursors.namespaceOf(id) === namespace) return;
  const name = namespace.slice(db.length + 1);
  if (state.catalog.collection(db, name) || name.startsWith('$cmd.')) return;
  throw new CommandError(96, 'OperationFailed', 'collection dropped between getMore calls');
}

/** killCursors. */
const killCursors: Handler = async ({ state, command }) => {
  const cursors = field(command, 'cursors');
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw malformed(command, "Field 'killCursors' must be of type string");
  if (cursors === undefined) throw malformed(command, "Field 'cursors' missing");
  if (!cursors.isArray()) throw malformed(command, "Field 'cursors' must be of type array");
  const ids: bigint[] = [];
  for (const element of elements(cursors)) {
    if (element.value.type !== BsonType.long) throw notLong(element);
    ids.push(longOf(element.value));
  }
  if (ids.length === 0) throw badValue(`Must specify at least one cursor id in: ${printDocument(command)}`);
  const killed: bigint[] = [];
  const missing: bigint[] = [];
  for (const id of ids) ((await state.cursors.kill(id)) ? killed : missing).push(id);
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
