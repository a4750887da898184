import { DocumentBuilder } from '../../bson/builder.ts';

/**
 * The content of storage.bson, which tells mongod the engine of a data directory; without it mongod starts an empty
 * WiredTiger database beside the files. Format version 3 is that of MongoRocks 3.4 and later, 2 that of 3.2.
 */
export function storageBson(formatVersion: 2 | 3): Buffer {
  return new DocumentBuilder()
    .openDocument('storage')
    .string('engine', 'rocksdb')
    .openDocument('options')
    .int('rocksFormatVersion', formatVersion)
    .close()
    .close()
    .finish()
    .slice();
}
