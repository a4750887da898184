import { stringOf } from '../../../bson/access.ts';
import type { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import { castToInt } from '../../../query/match/cast.ts';
import { isTruthy } from '../../../query/match/parse-leaf.ts';
import { collectionName, firstValue, invalidNamespace } from '../options/collection-name.ts';
import { splitNamespace } from '../catalog/namespace.ts';
import { appendCount } from '../query/append-count.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import { appendCollectionStats } from '../stats/append-stats.ts';
import { collectionStats } from '../stats/collection-stats.ts';
import type { Handler } from './command.ts';

/** collStats: true counts and sizes. */
const collStats: Handler = async ({ state, db, command, signal }) => {
  const name = collectionName(command);
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  if (collection === undefined) {
    throw new CommandError(undefined, undefined, `Collection [${db}.${name}] not found.`);
  }
  const stats = await collectionStats(state, collection, signal);
  return appendCollectionStats(newReply(), collection, stats, scaleOf(command));
};

/** dbStats. */
const dbStats: Handler = async ({ state, db, command, signal }) => {
  const scale = scaleOf(command);
  if (!state.catalog.databases().includes(db)) return noDatabase(db);
  const collections = state.catalog.collections(db);
  const views = await state.catalog.views(db);
  let objects = 0;
  let size = 0;
  let storageSize = 0;
  let indexes = 0;
  let indexSize = 0;
  for (const collection of collections) {
    const stats = await collectionStats(state, collection, signal);
    objects += stats.count;
    size += stats.size;
    storageSize += stats.storageSize;
    indexes += collection.indexes.length;
    for (const bytes of stats.indexSizes.values()) indexSize += bytes;
  }
  const reply = newReply().string('db', db);
  appendCount(reply, 'collections', collections.length);
  appendCount(reply, 'views', views.size);
  appendCount(reply, 'objects', objects).double('avgObjSize', objects === 0 ? 0 : size / objects);
  reply.double('dataSize', size / scale).double('storageSize', storageSize / scale);
  appendCount(reply, 'numExtents', 0);
  return appendCount(reply, 'indexes', indexes).double('indexSize', indexSize / scale);
};

/** The statistics of a database that does not exist. */
function noDatabase(db: string): DocumentBuilder {
  const reply = newReply().string('db', db);
  for (const name of ['collections', 'views', 'objects', 'avgObjSize', 'dataSize', 'storageSize']) {
    reply.int(name, 0);
  }
  return reply.int('numExtents', 0).int('indexes', 0).int('indexSize', 0).int('fileSize', 0);
}

/** dataSize: bytes and documents of a collection. Ranges of keys are not supported. */
const dataSize: Handler = async ({ state, command, signal }) => {
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw badValue('dataSize needs a namespace');
  const namespace = stringOf(first);
  if (!/^[^.]+\../.test(namespace)) throw invalidNamespace(`Invalid namespace specified '${namespace}'`);
  for (const name of ['min', 'max', 'keyPattern']) {
    const value = field(command, name);
    if (value?.isDocument() === true && value.end - value.start > 5) {
      throw new CommandError(115, 'CommandNotSupported', 'dataSize of a range of keys is not supported');
    }
  }
  const { db, collection: name } = splitNamespace(namespace);
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  const reply = newReply();
  if (collection === undefined) return reply.int('size', 0).int('numObjects', 0);
  const { size, count } = await collectionStats(state, collection, signal);
  appendCount(reply, 'size', size);
  return appendCount(reply, 'numObjects', count).int('millis', 0).bool('estimate', false);
};

/** The number by which sizes are divided; null and false are none. Throws BadValue. */
function scaleOf(command: Value): number {
  const value = field(command, 'scale');
  if (value === undefined || !(isNumberType(value.type) || isTruthy(value))) return 1;
  const scale = isNumberType(value.type) ? Number(castToInt(value)) : 0;
  if (scale < 1) throw badValue('scale has to be > 0');
  return scale;
}

export const statsCommands = {
  collStats,
  collstats: collStats,
  dbStats,
  dbstats: dbStats,
  dataSize,
  datasize: dataSize,
};
