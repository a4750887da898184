import { serialize } from 'bson';

/**
 * The storage.bson of a MongoRocks directory, 77 bytes: which engine and format the directory has. Backups do not hold
 * it, and mongod starts without one only when it is told the engine. MongoRocks 3.4 to 4.2 write and accept format 3;
 * 3.2 accepts 2 only.
 */
export function storageBson(formatVersion: 2 | 3 = 3): Buffer {
  return Buffer.from(
    serialize({ storage: { engine: 'rocksdb', options: { rocksFormatVersion: formatVersion } } }),
  );
}
