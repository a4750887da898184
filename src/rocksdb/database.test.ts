import { describe, expect, it } from 'vitest';
import { memoryFiles, recordingFiles } from '../../test/support/rocksdb-files.ts';
import {
  addedFile,
  manifestHead,
  varint,
  writeBatch,
  writeDatabase,
  writeLog,
  writeTable,
  type TestEntry,
} from '../../test/support/rocksdb-writer.ts';
import type { Cursor } from './cursor.ts';
import { openDatabase } from './database.ts';

const key = (i: number): Buffer => Buffer.from(`key${String(i).padStart(6, '0')}`);

function entries(from: number, to: number, sequence = 1, step = 1): TestEntry[] {
  const result: TestEntry[] = [];
  for (let i = from; i < to; i += step) {
    result.push({ key: key(i), value: Buffer.from(`value ${i} of ${sequence}`), sequence });
  }
  return result;
}

/** Twenty files in level 2, two in level 1, one in level 0. */
const layered = writeDatabase(
  {
    levels: [
      [entries(0, 20_000, 3, 500)],
      [entries(0, 9000, 2, 50), entries(9000, 20_000, 2, 50)],
      Array.from({ length: 20 }, (_, i) => entries(i * 1000, (i + 1) * 1000)),
    ],
  },
  { compression: 'snappy', filter: true },
);

async function countOf(cursor: Cursor): Promise<number> {
  let count = 0;
  for (let batch = await cursor.next(); batch; batch = await cursor.next()) count += batch.length;
  return count;
}

describe('opening', () => {
  it('reads no table', async () => {
    const files = recordingFiles(memoryFiles(layered));
    await openDatabase(files);
    expect(files.reads.map(({ name }) => name)).toEqual(['CURRENT', 'MANIFEST-000001']);
    // The MANIFEST was asked for before CURRENT named it.
    expect(files.prefetches.map(({ name }) => name)).toEqual(['MANIFEST-000001']);
  });

  it('takes the WAL from the first folder that has one, and only what is not yet in tables', async () => {
    const files = new Map<string, Buffer>([
      ['CURRENT', Buffer.from('MANIFEST-000009\n')],
      ['MANIFEST-000009', writeLog([manifestHead(undefined, 5)])],
      ['journal/000004.log', writeLog([writeBatch(entries(0, 1))])],
      ['journal/000005.log', writeLog([writeBatch(entries(1, 3, 7))])],
      ['000006.log', writeLog([writeBatch(entries(10, 11))])],
    ]);
    const both = await openDatabase(memoryFiles(files), { walDirectories: ['journal', ''] });
    expect(await countOf(both.scan())).toBe(2);
    const own = await openDatabase(memoryFiles(files));
    expect(await own.get(key(10))).toBeDefined();
    expect(await countOf(own.scan())).toBe(1);
  });

  it('names a missing table, and one of another size', async () => {
    const files = new Map(layered);
    files.delete('000012.sst');
    await expect(openDatabase(memoryFiles(files))).rejects.toMatchObject({
      code: 'ENG-003',
      message: '000012.sst is missing',
    });
    files.set('000012.sst', layered.get('000012.sst')!.subarray(1));
    await expect(openDatabase(memoryFiles(files))).rejects.toMatchObject({
      code: 'ENG-002',
      message: /000012\.sst is damaged/,
    });
  });

  it.each([
    ['another comparator', manifestHead('TOComparator'), /comparator "TOComparator"/],
    [
      'a column family',
      Buffer.concat([varint(200), varint(1), varint(201), varint(3), Buffer.from('abc')]),
      /column family "abc"/,
    ],
    ['a field that must not be passed over', Buffer.concat([varint(310), varint(5)]), /unknown field 310/],
  ])('refuses %s', async (_, edit, message) => {
    const files = new Map(layered);
    files.set('MANIFEST-000001', writeLog([edit]));
    await expect(openDatabase(memoryFiles(files))).rejects.toMatchObject({ code: 'ENG-001', message });
  });

  it('knows all forms of an added file, and passes over fields that may be ignored', async () => {
    const table = writeTable(entries(0, 10));
    const added = addedFile(1, 12, table.length, entries(0, 10)).subarray(1);
    const [level, number] = [added.subarray(0, 1), added.subarray(1, 2)];
    const withoutSequences = added.subarray(0, -2);
    const custom = Buffer.from([5, 1, 7, 2, 1, 1, 1]);
    for (const edit of [
      Buffer.concat([varint(7), withoutSequences]),
      Buffer.concat([varint(100), added]),
      Buffer.concat([varint(102), level, number, varint(0), added.subarray(2)]),
      Buffer.concat([varint(103), added, custom]),
      Buffer.concat([varint(8193), varint(2), Buffer.from('id'), varint(100), added]),
    ]) {
      const files = new Map([
        ['CURRENT', Buffer.from('MANIFEST-000009\n')],
        ['MANIFEST-000009', writeLog([manifestHead(), edit])],
        ['000012.sst', table],
      ]);
      const database = await openDatabase(memoryFiles(files));
      expect(await countOf(database.scan())).toBe(10);
    }
  });

  it('ends the WAL at damage only if asked to, and says so', async () => {
    const log = writeLog([writeBatch(entries(0, 1, 1)), writeBatch(entries(1, 2, 2))]);
    const damagedLog = Buffer.from(log);
    damagedLog[log.length - 1]! ^= 1;
    const files = memoryFiles(
      new Map([
        ['CURRENT', Buffer.from('MANIFEST-000009\n')],
        ['MANIFEST-000009', writeLog([manifestHead()])],
        ['000010.log', damagedLog],
      ]),
    );
    await expect(openDatabase(files)).rejects.toMatchObject({ code: 'ENG-002', message: /000010\.log/ });
    const database = await openDatabase(files, { endAtDamagedWal: true });
    expect(await countOf(database.scan())).toBe(1);
    expect(database.warnings.join()).toMatch(/000010\.log is damaged .* left out/);
  });
});

describe('warming', () => {
  it('opens the tables of a range at once, so that look-ups need their blocks only', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    files.waves = 0;
    await database.warm({ lower: key(3000), upper: key(4000) });
    expect(files.waves).toBe(1);
    files.reads.length = 0;
    expect(await database.get(key(3001))).toBeDefined();
    expect(files.reads.every(({ range }) => range.end - range.start < 16_000)).toBe(true);
  });
});

describe('a look-up', () => {
  it('asks all levels at once: a round trip for the ends of tables, one for blocks', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    files.waves = 0;
    expect((await database.get(key(10_500)))?.toString()).toBe('value 10500 of 3');
    expect(files.waves).toBeLessThanOrEqual(3);
    expect((await database.get(key(10_550)))?.toString()).toBe('value 10550 of 2');
    expect(await database.get(Buffer.from('key0105'))).toBeUndefined();
  });

  it('of many keys takes no more round trips than of one', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    files.waves = 0;
    const found = await database.getMany([1, 1001, 2002, 7050, 12_000, 50_000].map(key));
    expect(found.map((value) => value?.toString())).toEqual([
      'value 1 of 1',
      'value 1001 of 1',
      'value 2002 of 1',
      'value 7050 of 2',
      'value 12000 of 3',
      undefined,
    ]);
    expect(files.waves).toBeLessThanOrEqual(3);
  });

  it('reads a block once', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    await database.get(key(3));
    files.reads.length = 0;
    await database.get(key(3));
    expect(files.reads).toEqual([]);
  });
});

describe('a scan', () => {
  it('reads nothing outside of its bounds', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    files.reads.length = 0;
    expect(await countOf(database.scan({ lower: key(4100), upper: key(4200) }))).toBe(100);
    const names = new Set(files.reads.map(({ name }) => name));
    expect(names).toEqual(new Set(['000010.sst', '000011.sst', '000017.sst']));
  });

  it('announces what it will read, also of the next files, when told that all is wanted', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    const cursor = database.scan({ eager: true });
    await cursor.next();
    const announced = new Set(files.prefetches.map(({ name }) => name));
    expect(announced.size).toBeGreaterThan(15);
    cursor.close();
    expect(await cursor.next()).toBeUndefined();
  });

  it.each([false, true])('announces again what was not taken, reverse: %s', async (reverse) => {
    const one = writeDatabase({ levels: [[], [entries(0, 100_000)]] });
    const asked: { start: number; end: number }[] = [];
    const taken: { start: number; end: number }[] = [];
    const files = memoryFiles(one);
    const refusing: typeof files = {
      ...files,
      prefetch: (name, ranges) => {
        if (!name.endsWith('.sst')) return true;
        asked.push(...ranges);
        if (asked.length % 3 !== 0) return false;
        taken.push(...ranges);
        return true;
      },
    };
    const database = await openDatabase(refusing);
    const cursor = database.scan({ reverse, readAhead: 1 << 20 });
    expect(await countOf(cursor)).toBe(100_000);
    // Nothing that was taken is announced a second time, and most of the table is taken.
    taken.sort((x, y) => x.start - y.start);
    for (const [i, range] of taken.entries())
      if (i > 0) expect(range.start).toBeGreaterThanOrEqual(taken[i - 1]!.end);
    const bytes = taken.reduce((sum, { start, end }) => sum + end - start, 0);
    expect(bytes).toBeGreaterThan(0.5 * [...one.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('seeks within a loaded block without reading', async () => {
    const files = recordingFiles(memoryFiles(layered));
    const database = await openDatabase(files);
    const cursor = database.scan({ lower: key(4000) });
    await cursor.next();
    files.reads.length = 0;
    cursor.seek(key(4010));
    const batch = await cursor.next();
    expect(batch?.key(0)).toEqual(key(4010));
    expect(files.reads).toEqual([]);
  });

  it('ends with the reason of its signal', async () => {
    const database = await openDatabase(recordingFiles(memoryFiles(layered)));
    const controller = new AbortController();
    const cursor = database.scan({ signal: controller.signal });
    const first = cursor.next();
    controller.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    await expect(cursor.next()).rejects.toThrow('enough');
  });

  it('fails again after a failure instead of leaving out what it could not read', async () => {
    const files = new Map(layered);
    const table = Buffer.from(files.get('000014.sst')!);
    table[5]! ^= 0x40;
    files.set('000014.sst', table);
    const cursor = (await openDatabase(memoryFiles(files))).scan();
    const failure = expect(countOf(cursor)).rejects.toMatchObject({
      code: 'ENG-002',
      message: /000014\.sst/,
    });
    await failure;
    await expect(cursor.next()).rejects.toMatchObject({ code: 'ENG-002' });
  });
});

describe('sizes', () => {
  it('of a range are about its share', async () => {
    const database = await openDatabase(memoryFiles(layered));
    const all = await database.approximateSize({});
    const half = await database.approximateSize({ lower: key(5000), upper: key(15_000) });
    expect(half / all).toBeGreaterThan(0.4);
    expect(half / all).toBeLessThan(0.6);
    expect(await database.approximateSize({ lower: Buffer.from('x') })).toBe(0);
  });

  it('split a range evenly', async () => {
    const database = await openDatabase(memoryFiles(layered));
    const points = await database.splitPoints({}, 4);
    expect(points.length).toBe(3);
    const bounds = [undefined, ...points, undefined];
    for (let i = 0; i < 4; i++) {
      const count = await countOf(database.scan({ lower: bounds[i], upper: bounds[i + 1] }));
      expect(count).toBeGreaterThan(4000);
      expect(count).toBeLessThan(6000);
    }
  });
});
