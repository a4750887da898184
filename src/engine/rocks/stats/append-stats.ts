import type { DocumentBuilder } from '../../../bson/builder.ts';
import { field } from '../../../bson/value.ts';
import type { Collection } from '../catalog/collection.ts';
import { appendCount } from '../query/append-count.ts';
import type { CollectionStats } from './collection-stats.ts';

/** Appends what collStats tells of a collection, with sizes divided by `scale`. */
export function appendCollectionStats(
  reply: DocumentBuilder,
  collection: Collection,
  stats: CollectionStats,
  scale: number,
): DocumentBuilder {
  const scaled = (bytes: number): number => Math.floor(bytes / scale);
  reply.string('ns', collection.namespace);
  appendCount(reply, 'size', scaled(stats.size));
  appendCount(reply, 'count', stats.count);
  if (stats.count > 0) appendCount(reply, 'avgObjSize', Math.floor(stats.size / stats.count));
  appendCount(reply, 'storageSize', scaled(stats.storageSize));
  reply.bool('capped', collection.capped);
  if (collection.capped) {
    const max = field(collection.options, 'max');
    const maxSize = field(collection.options, 'size');
    if (max) reply.append('max', max);
    if (maxSize) reply.append('maxSize', maxSize);
  }
  appendCount(reply, 'nindexes', collection.indexes.length);
  const total = [...stats.indexSizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  appendCount(reply, 'totalIndexSize', scaled(total));
  reply.openDocument('indexSizes');
  for (const [name, bytes] of stats.indexSizes) appendCount(reply, name, scaled(bytes));
  return reply.close();
}
