import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointsOf } from '../../test/support/rocksdb-checkpoints.ts';
import { memoryFiles } from '../../test/support/rocksdb-files.ts';
import { writeTable, type TestEntry } from '../../test/support/rocksdb-writer.ts';
import { userKeyOf } from './data-block.ts';
import { Table } from './table.ts';

const entries: TestEntry[] = Array.from({ length: 200 }, (_, i) => ({
  key: Buffer.from(`key${String(i).padStart(4, '0')}`),
  value: Buffer.alloc(100, i),
  sequence: 1,
}));

function opening(content: Buffer): Promise<Table> {
  return Table.open(memoryFiles(new Map([['000001.sst', content]])), '000001.sst');
}

describe('a table', () => {
  it.each([
    ['a later format_version', 12, 6, /format_version 6/],
    ['another kind of table', 8, 0x54, /is a plain table/],
  ])('of %s is refused with a sentence', async (_, fromEnd, byte, message) => {
    const content = writeTable(entries);
    if (fromEnd === 8) content.writeBigUInt64LE(0x8242229663bf9564n, content.length - 8);
    else content[content.length - fromEnd] = byte;
    await expect(opening(content)).rejects.toMatchObject({ code: 'ENG-001', message });
  });

  it('of no bytes, or of an unknown checksum, is damaged', async () => {
    await expect(opening(Buffer.alloc(0))).rejects.toMatchObject({ code: 'ENG-002' });
    const content = writeTable(entries);
    content[content.length - 53] = 9;
    await expect(opening(content)).rejects.toMatchObject({ code: 'ENG-002', message: /checksum type 9/ });
  });

  it.each([1, 2, 3, 4] as const)(
    'with checksums of type %i is read, and damage noticed',
    async (checksum) => {
      const content = writeTable(entries, { checksum, compression: 'snappy' });
      expect((await (await opening(content)).readBlock(0)).count).toBeGreaterThan(10);
      content[10]! ^= 4;
      const table = await opening(content);
      await expect(table.readBlock(0)).rejects.toMatchObject({
        code: 'ENG-002',
        message: '000001.sst is damaged at offset 0: the checksum of the block does not match',
      });
    },
  );

  it('has a filter that never denies a stored key and denies most others', async () => {
    const root = path.join(import.meta.dirname, '../..');
    const [checkpoint] = checkpointsOf(path.join(root, 'test/fixtures/store'));
    const files = checkpoint!.files();
    let denied = 0;
    let asked = 0;
    for (const name of files.list().keys()) {
      if (!name.endsWith('.sst')) continue;
      const table = await Table.open(files, name);
      const { mayContain } = await table.readFilter();
      if (!mayContain) continue;
      for (let block = 0; block < table.index.count; block += 5) {
        const content = await table.readBlock(block);
        for (let i = 0; i < content.count; i++) {
          const key = userKeyOf(content, i);
          expect(mayContain(key)).toBe(true);
          asked++;
          if (!mayContain(Buffer.concat([key, Buffer.from([1])]))) denied++;
        }
      }
    }
    expect(asked).toBeGreaterThan(1000);
    expect(denied / asked).toBeGreaterThan(0.97);
  });
});
