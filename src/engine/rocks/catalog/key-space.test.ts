import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../../base/error-codes.ts';
import { toValue } from '../../../bson/js.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { memoryDatabase } from '../../../../test/support/memory-database.ts';
import { readKeySpace } from './key-space.ts';

const zero = Buffer.alloc(4);
const key = (text: string) => Buffer.concat([zero, Buffer.from(text, 'latin1')]);
const config = (document: Record<string, unknown>) => Buffer.from(toValue(document).slice());
const databaseWith = (entries: [string, Record<string, unknown>][]): Database =>
  memoryDatabase(entries.map(([text, document]) => [key(text), config(document)]));

describe('the metadata of prefix 0', () => {
  it('maps idents to prefixes, with and without a dash', async () => {
    for (const dash of ['', '-']) {
      const { idents } = await readKeySpace(
        databaseWith([
          [`metadata${dash}_mdb_catalog`, { prefix: 2 }],
          [`metadata${dash}index-7--4`, { prefix: 9, index_format_version: 1 }],
        ]),
      );
      expect(idents.get('_mdb_catalog')?.prefix.toString('hex')).toBe('00000002');
      expect(idents.get('index-7--4')).toMatchObject({ keyVersion: 1 });
    }
  });

  it('refuses a database with a timestamp in every key, in one sentence', async () => {
    const database = databaseWith([[`metadata-_mdb_catalog${'\0'.repeat(8)}`, { prefix: 2 }]]);
    await expect(readKeySpace(database)).rejects.toMatchObject({
      code: ErrorCode.engineUnsupported,
      message: expect.stringContaining('MongoRocks 4.x') as string,
    });
  });

  it('refuses a database without a catalog and an index of an unknown format', async () => {
    await expect(readKeySpace(databaseWith([]))).rejects.toMatchObject({ code: ErrorCode.engineUnsupported });
    const unknown = databaseWith([
      ['metadata_mdb_catalog', { prefix: 2 }],
      ['metadataindex-1', { prefix: 3, index_format_version: 2 }],
    ]);
    await expect(readKeySpace(unknown)).rejects.toMatchObject({ code: ErrorCode.engineUnsupported });
  });
});
