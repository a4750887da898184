import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { DatabaseFiles } from '../../src/rocksdb/files.ts';
import { Table } from '../../src/rocksdb/table.ts';
import type { ManifestFile } from '../../src/mount/filesystem.ts';

/** Reads a whole file in order, in blocks of 1 MiB, as `dd` does. */
export async function readInOrder(file: string): Promise<void> {
  const child = spawn('dd', [`if=${file}`, 'of=/dev/null', 'bs=1M'], { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`dd ended with ${code}`);
}

/** Twenty reads of 16 KiB one after the other at places that are always the same ones, far from each other. */
export async function readAtRandom(file: string, size: number): Promise<void> {
  const handle = await open(file, 'r');
  try {
    let seed = 12_345;
    for (let i = 0; i < 20; i++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      const at = Math.floor(((seed / 0x7fffffff) * (size - 16_384)) / 4096) * 4096;
      await handle.read(Buffer.alloc(16_384), 0, 16_384, at);
    }
  } finally {
    await handle.close();
  }
}

/**
 * What RocksDB reads when it opens a checkpoint with all its tables: CURRENT, MANIFEST, OPTIONS and WAL whole, and of each
 * SST footer, metaindex, properties, index and filter. Sixteen tables at a time, as its max_file_opening_threads says.
 */
export async function readAsMongod(
  files: ManifestFile[],
  pathOf: (file: ManifestFile) => string,
): Promise<void> {
  const small = files.filter(({ path }) => !path.endsWith('.sst'));
  for (const file of small) await readRange(pathOf(file), { start: 0, end: file.size });
  const tables = files.filter(({ path }) => path.endsWith('.sst'));
  const byName = new Map(tables.map((file) => [file.path, file]));
  const database: DatabaseFiles = {
    list: () => new Map(tables.map(({ path, size }) => [path, size])),
    describe: (name) => name,
    read: (name, range) => {
      const file = byName.get(name);
      if (!file) throw new Error(`no ${name}`);
      return readRange(pathOf(file), range);
    },
    prefetch: () => true,
  };
  const left = [...tables];
  const openTables = async (): Promise<void> => {
    for (let file = left.pop(); file; file = left.pop())
      await (await Table.open(database, file.path)).readFilter();
  };
  await Promise.all(Array.from({ length: 16 }, openTables));
}

async function readRange(file: string, { start, end }: { start: number; end: number }): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const bytes = Buffer.alloc(end - start);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
    if (bytesRead !== bytes.length) throw new Error(`${file}: ${bytesRead} of ${bytes.length} bytes`);
    return bytes;
  } finally {
    await handle.close();
  }
}
