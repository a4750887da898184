import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../test/support/rocksdb-files.ts';
import {
  manifestHead,
  writeBatch,
  writeLog,
  writeTable,
  type TestEntry,
} from '../../test/support/rocksdb-writer.ts';
import { verifyManifest, verifyTable, verifyWal } from './verify.ts';

const entries: TestEntry[] = Array.from({ length: 500 }, (_, i) => ({
  key: Buffer.from(`key${String(i).padStart(4, '0')}`),
  value: Buffer.from(`value ${i}`),
  sequence: i + 1,
}));

function fileOf(name: string, content: Buffer): ReturnType<typeof memoryFiles> {
  return memoryFiles(new Map([[name, content]]));
}

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content);
  copy[at]! ^= 1;
  return copy;
}

describe('verifying a table', () => {
  const table = writeTable(entries, { blockSize: 500, filter: true });
  const check = (content: Buffer): ReturnType<typeof verifyTable> =>
    verifyTable(fileOf('000001.sst', content), '000001.sst');

  it('finds nothing in a sound one, and tells its progress', async () => {
    let bytes = 0;
    const files = fileOf('000001.sst', table);
    expect(await verifyTable(files, '000001.sst', { onProgress: (more) => (bytes += more) })).toEqual([]);
    expect(bytes).toBeGreaterThan(table.length / 2);
    expect(bytes).toBeLessThan(table.length);
  });

  it('finds every damaged block, with its offset', async () => {
    const findings = await check(flipped(flipped(table, 3), 2000));
    expect(findings.map(({ offset }) => offset)).toEqual([0, expect.any(Number)]);
    expect(findings[1]!.offset).toBeGreaterThan(1000);
    expect(findings[1]!.offset).toBeLessThanOrEqual(2000);
    expect(findings[0]!.problem).toBe('the checksum of the block does not match');
  });

  it('notices any flipped byte', async () => {
    for (let at = 0; at < table.length; at += 7) {
      // Nothing covers the footer but its magic number.
      if (at >= table.length - 53 && at < table.length - 8) continue;
      expect(await check(flipped(table, at)), `byte ${at}`).not.toEqual([]);
    }
  });

  it('notices keys in the wrong order, also between blocks', async () => {
    const swapped = [...entries];
    [swapped[20], swapped[21]] = [entries[21]!, entries[20]!];
    const [found] = await check(writeTable(swapped));
    expect(found?.problem).toMatch(/does not come after the one before it/);
    for (const wrong of [writeTable(swapped, { blockSize: 1 }), writeTable([...entries, entries[3]!])]) {
      expect(await check(wrong)).not.toEqual([]);
    }
  });

  it('notices a file that is cut off', async () => {
    const [finding] = await check(table.subarray(0, -10));
    expect(finding?.problem).toMatch(/not the footer/);
  });
});

describe('verifying logs', () => {
  const wal = writeLog(entries.map((entry) => writeBatch([entry])));

  it('finds nothing in sound ones', async () => {
    expect(await verifyWal(fileOf('000003.log', wal), '000003.log')).toEqual([]);
    const manifest = writeLog([manifestHead()]);
    expect(await verifyManifest(fileOf('MANIFEST-000001', manifest), 'MANIFEST-000001')).toEqual([]);
  });

  it('finds damage and says where', async () => {
    const [finding] = await verifyWal(fileOf('000003.log', flipped(wal, 1000)), '000003.log');
    expect(finding).toMatchObject({ name: '000003.log', problem: expect.stringContaining('checksum') });
    expect(finding?.offset).toBeLessThanOrEqual(1000);
  });

  it('takes a cut-off end as normal in a WAL, and as damage in a MANIFEST', async () => {
    expect(await verifyWal(fileOf('000003.log', wal.subarray(0, -3)), '000003.log')).toEqual([]);
    const manifest = writeLog([manifestHead()]).subarray(0, -3);
    const findings = await verifyManifest(fileOf('MANIFEST-000001', manifest), 'MANIFEST-000001');
    expect(findings).toEqual([{ name: 'MANIFEST-000001', offset: 0, problem: 'a record is cut off' }]);
  });

  it('finds records that make no sense', async () => {
    const log = writeLog([Buffer.from('short')]);
    expect(await verifyWal(fileOf('000003.log', log), '000003.log')).toHaveLength(1);
    expect(await verifyManifest(fileOf('M', log), 'M')).toHaveLength(1);
  });
});
