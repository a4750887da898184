import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/rocksdb/database.ts';
import { Table } from '../../src/rocksdb/table.ts';
import { verifyManifest, verifyTable, verifyWal } from '../../src/rocksdb/verify.ts';
import { checkpointsOf, digest } from '../support/rocksdb-checkpoints.ts';
import { directoryFiles } from '../support/rocksdb-files.ts';

const root = path.join(import.meta.dirname, '../..');
const mustRun = process.env['MONGOQ_TEST_DISALLOW_SKIP'] === '1';
const missing = spawnSync('ldb', ['--version']).error !== undefined && !mustRun;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'mongoq-ldb-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function ldb(args: string[], input = ''): string {
  return execFileSync('ldb', [`--db=${directory}`, ...args], {
    input,
    encoding: 'latin1',
    maxBuffer: 1 << 30,
  });
}

function ldbScan(): { entries: number; md5: string } {
  const lines = ldb(['scan', '--hex'])
    .split('\n')
    .filter((line) => line.startsWith('0x'));
  const md5 = createHash('md5').update(lines.map((line) => `${line}\n`).join(''));
  return { entries: lines.length, md5: md5.digest('hex') };
}

/** Makes a database whose tables are written with the given options of RocksDB's OPTIONS file. */
function makeDatabase(tableOptions: Record<string, string>): void {
  ldb(['--create_if_missing', 'put', 'a', '1']);
  const name = path.join(
    directory,
    readdirSync(directory).find((file) => file.startsWith('OPTIONS'))!,
  );
  let options = readFileSync(name, 'utf8');
  for (const [option, value] of Object.entries(tableOptions)) {
    options = options.replace(new RegExp(`^  ${option}=.*$`, 'm'), `  ${option}=${value}`);
  }
  writeFileSync(name, options);
  const key = (i: number): string => `key${String(i).padStart(5, '0')}`;
  const line = (i: number): string => `${key((i * 7) % 3000)} ==> value ${i} ${'xyz'.repeat(i % 40)}\n`;
  ldb(['load'], Array.from({ length: 3000 }, (_, i) => line(i)).join(''));
  ldb(['compact']);
  // Newer versions and deletions in tables of level 0 and in the WAL.
  ldb(['load'], Array.from({ length: 600 }, (_, i) => `${key(i * 5)} ==> second ${i}\n`).join(''));
  for (let i = 0; i < 3; i++) ldb(['delete', key(i)]);
}

const compressions = ['No', 'Snappy', 'Zlib', 'BZip2', 'LZ4', 'LZ4HC'].map((name) => `k${name}Compression`);
const variants: Record<string, string>[] = [
  ...[...compressions, 'kZSTD'].map((compression) => ({ format_version: '2', compression })),
  ...['0', '1', '3', '4', '5'].map((format_version) => ({ format_version, compression: 'kLZ4Compression' })),
  { format_version: '1', compression: 'kZlibCompression' },
  ...['kNoChecksum', 'kCRC32c', 'kxxHash', 'kxxHash64', 'kXXH3'].map((checksum) => ({ checksum })),
  ...['kTwoLevelIndexSearch', 'kBinarySearchWithFirstKey'].map((index_type) => ({
    index_type,
    metadata_block_size: '200',
    index_block_restart_interval: '4',
  })),
  { index_block_restart_interval: '8', data_block_index_type: 'kDataBlockBinaryAndHash' },
  { format_version: '2', filter_policy: 'bloomfilter:10:false' },
  { format_version: '5', filter_policy: 'bloomfilter:10:false' },
  { format_version: '5', filter_policy: 'ribbonfilter:10' },
];

describe.skipIf(missing)('beside ldb of RocksDB (Debian package rocksdb-tools)', () => {
  it.each(variants)('reads tables of %o', async (variant) => {
    makeDatabase(variant);
    const files = directoryFiles(directory);
    const database = await openDatabase(files);
    expect(database.warnings).toEqual([]);
    expect(await digest(database)).toEqual(ldbScan());

    const read = async (key: string): Promise<string | undefined> =>
      (await database.get(Buffer.from(key)))?.toString();
    expect(await read('key00000')).toBeUndefined();
    expect(await read('key00005')).toBe('second 1');
    expect(await read('key00007')).toBe('value 1 xyz');
    expect(await read('key00008x')).toBeUndefined();
  });

  it('reads the checkpoints of real servers alike', async () => {
    const stores = [path.join(root, 'sample'), path.join(root, 'test/fixtures/store')];
    for (const checkpoint of stores.flatMap(checkpointsOf)) {
      for (const name of readdirSync(directory)) rmSync(path.join(directory, name), { recursive: true });
      for (const [name, content] of checkpoint.contents()) {
        // ldb would follow the wal_dir in the OPTIONS file, on this machine.
        if (!name.startsWith('OPTIONS')) writeFileSync(path.join(directory, name), content);
      }
      const ours = await digest(await openDatabase(checkpoint.files()));
      expect(ours, checkpoint.name).toEqual(ldbScan());
    }
  });

  it('verifies what ldb writes', async () => {
    makeDatabase({});
    ldb(['put', 'last', 'one']);
    const files = directoryFiles(directory);
    for (const name of files.list().keys()) {
      if (name.endsWith('.sst')) expect(await verifyTable(files, name)).toEqual([]);
      if (name.endsWith('.log')) expect(await verifyWal(files, name)).toEqual([]);
      if (name.startsWith('MANIFEST')) expect(await verifyManifest(files, name)).toEqual([]);
    }
  });

  it('refuses range deletions, in the WAL and in a table, and other column families', async () => {
    const opening = async (): Promise<unknown> => digest(await openDatabase(directoryFiles(directory)));
    ldb(['--create_if_missing', 'batchput', 'a', '1', 'b', '2', 'c', '3']);
    ldb(['deleterange', 'b', 'c']);
    await expect(opening()).rejects.toMatchObject({ code: 'ENG-001', message: /\.log .*range deletion/ });
    ldb(['put', 'd', '4']);
    await expect(opening()).rejects.toMatchObject({
      code: 'ENG-001',
      message: /\.sst holds range deletions/,
    });
    ldb(['create_column_family', 'other']);
    await expect(opening()).rejects.toMatchObject({ code: 'ENG-001', message: /column family "other"/ });
  });

  it('knows the form that was asked for', async () => {
    makeDatabase({ format_version: '4', checksum: 'kxxHash64', index_type: 'kTwoLevelIndexSearch' });
    const files = directoryFiles(directory);
    const name = [...files.list().keys()].find((file) => file.endsWith('.sst'))!;
    const table = await Table.open(files, name);
    expect(table.footer).toMatchObject({ formatVersion: 4, checksumType: 3 });
    expect(table.properties).toMatchObject({ indexType: 2, indexHandlesAreDeltas: true });
  });
});
