import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMongoqError } from '../../src/base/errors.ts';
import { ByteReader } from '../../src/rocksdb/byte-reader.ts';
import { decompress } from '../../src/rocksdb/compression.ts';
import { decodeDataBlock } from '../../src/rocksdb/data-block.ts';
import { openDatabase, type ScanOptions } from '../../src/rocksdb/database.ts';
import { readFooter } from '../../src/rocksdb/footer.ts';
import { decodeIndexBlock } from '../../src/rocksdb/index-block.ts';
import { readLog } from '../../src/rocksdb/log-records.ts';
import { readMetaindex, readProperties } from '../../src/rocksdb/meta-blocks.ts';
import { decodeVersionEdit } from '../../src/rocksdb/version-edit.ts';
import { decodeWriteBatch } from '../../src/rocksdb/write-batch.ts';
import { memoryFiles } from '../support/rocksdb-files.ts';
import {
  tableOrder,
  varint,
  writeDatabase,
  writeLog,
  type TableOptions,
  type TestDatabase,
  type TestEntry,
} from '../support/rocksdb-writer.ts';
import { runs } from '../support/runs.ts';

// Few distinct keys with shared prefixes, so that levels overlap and versions meet at the borders of blocks and files.
const key = fc.array(fc.constantFrom(0, 1, 255), { maxLength: 5 }).map((bytes) => Buffer.from(bytes));
const operation = fc.record({
  key,
  value: fc.option(fc.uint8Array({ maxLength: 40 }), { freq: 3, nil: undefined }),
  single: fc.boolean(),
});
const options: fc.Arbitrary<TableOptions> = fc.record({
  formatVersion: fc.constantFrom(0, 1, 2),
  compression: fc.constantFrom('none', 'snappy', 'zlib', 'lz4'),
  checksum: fc.constant(1),
  blockSize: fc.constantFrom(1, 30, 200, 4000),
  restartInterval: fc.constantFrom(1, 2, 16),
  filter: fc.boolean(),
  partitioned: fc.boolean(),
});

interface History {
  database: TestDatabase;
  model: Map<string, Buffer>;
}

/**
 * Spreads a history over a database as an LSM tree would: the oldest part in the deepest level, cut into files
 * anywhere, also between two versions of a key; then level 1, files of level 0, and the WAL.
 */
const history: fc.Arbitrary<History> = fc
  .record({
    operations: fc.array(operation, { maxLength: 120 }),
    borders: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    cuts: fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
  })
  .map(({ operations, borders, cuts }) => {
    const entries = operations.map(({ key, value, single }, i) => ({
      key,
      value: value && Buffer.from(value),
      single,
      sequence: i + 1,
    }));
    const [a = 0, b = 0, c = 0, d = 0] = borders
      .map((border) => border % (entries.length + 1))
      .sort((x, y) => x - y);
    const run = (from: number, to: number): TestEntry[] => entries.slice(from, to).sort(tableOrder);
    const files = (sorted: TestEntry[]): TestEntry[][] =>
      [0, ...[...cuts].sort((x, y) => x - y)]
        .map((start, i, all) => sorted.slice(start, all[i + 1] ?? sorted.length))
        .filter((file) => file.length > 0);
    const wal = entries.slice(d);
    const half = wal.length >> 1;
    const model = new Map<string, Buffer>();
    for (const { key, value } of entries) {
      if (value) model.set(key.toString('hex'), value);
      else model.delete(key.toString('hex'));
    }
    return {
      database: {
        levels: [
          [run(b, c), run(c, d)].filter((file) => file.length > 0),
          files(run(a, b)),
          [],
          files(run(0, a)),
        ],
        wal: [wal.slice(0, half), wal.slice(half)].filter((part) => part.length > 0).map((part) => [part]),
      },
      model,
    };
  });

async function scanAll(
  database: Awaited<ReturnType<typeof openDatabase>>,
  scan: ScanOptions,
  seek?: Buffer,
): Promise<[string, string][]> {
  const cursor = database.scan(scan);
  const entries: [string, string][] = [];
  if (seek) {
    // From somewhere else, so that the seek starts inside of a block.
    await cursor.next();
    cursor.seek(seek);
  }
  for (let batch = await cursor.next(); batch; batch = await cursor.next()) {
    expect(batch.length).toBeGreaterThan(0);
    for (let i = 0; i < batch.length; i++) {
      entries.push([batch.key(i).toString('hex'), batch.value(i).toString('hex')]);
    }
  }
  return entries;
}

function expected(
  model: Map<string, Buffer>,
  { lower, upper, reverse }: ScanOptions,
  seek?: Buffer,
): [string, string][] {
  const entries = [...model]
    .filter(([hex]) => !lower || Buffer.from(hex, 'hex').compare(lower) >= 0)
    .filter(([hex]) => !upper || Buffer.from(hex, 'hex').compare(upper) < 0)
    .filter(([hex]) => !seek || Buffer.from(hex, 'hex').compare(seek) * (reverse ? -1 : 1) >= 0)
    .map(([hex, value]) => [hex, value.toString('hex')] as [string, string])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return reverse ? entries.reverse() : entries;
}

describe('a RocksDB database', () => {
  it('holds what was written, however it is spread over WAL and levels', async () => {
    const scan = fc.record({
      lower: fc.option(key, { nil: undefined }),
      upper: fc.option(key, { nil: undefined }),
      reverse: fc.boolean(),
      eager: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(history, options, scan, key, async ({ database, model }, table, range, target) => {
        const opened = await openDatabase(memoryFiles(writeDatabase(database, table)));
        expect(await scanAll(opened, {})).toEqual(expected(model, {}));
        expect(await scanAll(opened, range)).toEqual(expected(model, range));
        expect(await scanAll(opened, range, target)).toEqual(expected(model, range, target));
        const keys = [target, ...[...model.keys()].map((hex) => Buffer.from(hex, 'hex'))];
        expect(await opened.getMany(keys)).toEqual(keys.map((one) => model.get(one.toString('hex'))));
      }),
      { numRuns: runs(400) },
    );
  });

  it('divides a range into parts that are the whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        options,
        fc.integer({ min: 1, max: 5 }),
        async ({ database, model }, table, parts) => {
          const opened = await openDatabase(memoryFiles(writeDatabase(database, table)));
          const points = await opened.splitPoints({}, parts);
          expect(points.length).toBeLessThan(parts);
          const bounds = [undefined, ...points, undefined];
          const entries: [string, string][] = [];
          for (let i = 0; i + 1 < bounds.length; i++) {
            entries.push(...(await scanAll(opened, { lower: bounds[i], upper: bounds[i + 1] })));
          }
          expect(entries).toEqual(expected(model, {}));
        },
      ),
      { numRuns: runs(50) },
    );
  });

  it('is cut into pieces that are the whole', async () => {
    const all = { lower: Buffer.alloc(0), upper: Buffer.alloc(8, 0xff) };
    await fc.assert(
      fc.asyncProperty(
        history,
        options,
        key,
        fc.integer({ min: 1, max: 400 }),
        async ({ database, model }, table, lower, bytes) => {
          const opened = await openDatabase(memoryFiles(writeDatabase(database, table)));
          for (const range of [all, { ...all, lower }]) {
            const entries: [string, string][] = [];
            let end: Buffer = range.lower;
            for await (const piece of opened.pieces(range, bytes)) {
              expect(piece.lower).toEqual(end);
              expect(piece.lower.compare(piece.upper)).toBe(-1);
              entries.push(...(await scanAll(opened, piece)));
              end = piece.upper;
            }
            expect(end).toEqual(range.upper);
            expect(entries).toEqual(expected(model, range));
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('answers damage with an error that names the file, never with other entries', async () => {
    await fc.assert(
      fc.asyncProperty(
        history,
        options,
        fc.nat(),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async ({ database, model }, table, which, where, flip) => {
          const files = writeDatabase(database, table);
          const names = [...files.keys()].filter((name) => name !== 'CURRENT');
          const name = names[which % names.length]!;
          const content = Buffer.from(files.get(name)!);
          content[where % content.length]! ^= flip;
          files.set(name, content);
          try {
            const opened = await openDatabase(memoryFiles(files));
            // The length of a record in the WAL may lead beyond its end, as that of a record that is cut off does.
            if (opened.warnings.length > 0) expect(opened.warnings.join()).toContain(name);
            else expect(await scanAll(opened, {})).toEqual(expected(model, {}));
          } catch (error) {
            if (!isMongoqError(error, 'ENG-001', 'ENG-002')) throw error;
            expect(error.message).toContain(name);
          }
        },
      ),
      { numRuns: runs(400) },
    );
  });

  it('answers a cut-off file with an error, except for the end of the WAL', async () => {
    await fc.assert(
      fc.asyncProperty(history, options, fc.nat(), fc.nat(), async ({ database }, table, which, where) => {
        const files = writeDatabase(database, table);
        const names = [...files.keys()].filter((name) => !name.endsWith('.log'));
        const name = names[which % names.length]!;
        const content = files.get(name)!;
        files.set(name, content.subarray(0, where % content.length));
        await openDatabase(memoryFiles(files)).then(
          (opened) => expect(opened.warnings).not.toEqual([]),
          (error: unknown) => {
            if (!isMongoqError(error, 'ENG-002')) throw error;
            expect(error.message).toContain(name);
          },
        );
      }),
      { numRuns: runs(200) },
    );
  });
});

// Comparing large buffers by `toEqual` takes seconds.
function same(a: Buffer[], b: Buffer[]): boolean {
  return a.length === b.length && a.every((one, i) => one.equals(b[i]!));
}

describe('the log framing', () => {
  it('returns the records that were written, at their offsets', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 70_000 }), { maxLength: 6 }), (lengths) => {
        const records = lengths.map((length, i) => Buffer.alloc(length, i + 1));
        const read = readLog(writeLog(records));
        expect(read.end).toBeUndefined();
        expect(
          same(
            read.records.map(({ data }) => data),
            records,
          ),
        ).toBe(true);
      }),
      { numRuns: runs(100) },
    );
  });

  it('returns the complete records of a log that is cut off, and says where', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        (lengths, at) => {
          const records = lengths.map((length, i) => Buffer.alloc(length, i + 1));
          const log = writeLog(records);
          const cut = at % log.length;
          const read = readLog(log.subarray(0, cut));
          expect(
            same(
              read.records.map(({ data }) => data),
              records.slice(0, read.records.length),
            ),
          ).toBe(true);
          expect(read.records.length).toBeLessThan(records.length);
          if (read.end) expect(read.end).toMatchObject({ cutOff: true });
        },
      ),
      { numRuns: runs(100) },
    );
  });
});

describe('random bytes', () => {
  const all = { userKeys: false, deltaHandles: false, firstKeys: false };
  it.each<[string, (bytes: Buffer) => unknown]>([
    ['a data block', (bytes) => decodeDataBlock(bytes)],
    ['an index block', (bytes) => decodeIndexBlock(bytes, all, 1000)],
    [
      'an index block of a later version',
      (bytes) => decodeIndexBlock(bytes, { userKeys: true, deltaHandles: true, firstKeys: true }, 1000),
    ],
    ['properties', readProperties],
    ['a metaindex', (bytes) => readMetaindex(bytes, 1000)],
    ['a version edit', decodeVersionEdit],
    ['a write batch', decodeWriteBatch],
    ['a footer', (bytes) => readFooter(bytes, 1000, 'file')],
    ['a log', readLog],
    ...[0, 1, 2, 3, 4, 5, 7].flatMap((type): [string, (bytes: Buffer) => unknown][] => [
      [`compressed by ${type}`, (bytes) => decompress(type, bytes, true)],
      [`compressed by ${type} in the old form`, (bytes) => decompress(type, bytes, false)],
    ]),
  ])('are decoded as %s or refused', (_, decode) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, oneRestart) => {
        // Most random bytes fail at the number of restarts.
        const tail = oneRestart ? [0, 0, 0, 0, 1, 0, 0, 0] : [];
        try {
          decode(Buffer.from([...bytes, ...tail]));
        } catch (error) {
          // Libraries throw errors of their own; ours are never those of a read beyond a buffer.
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toHaveProperty('code', 'ERR_OUT_OF_RANGE');
        }
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('the primitive forms', () => {
  it('round-trip numbers of up to 53 bits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        expect(new ByteReader(varint(value)).varint64()).toBe(value);
      }),
    );
  });

  it('refuse random bytes instead of reading beyond them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const reader = new ByteReader(Buffer.from(bytes));
        try {
          while (!reader.done) reader.lengthPrefixed();
        } catch (error) {
          expect(error).toHaveProperty('name', 'FormatError');
        }
        expect(reader.position).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
