import { deflateRawSync } from 'node:zlib';
import { compressSync as lz4 } from 'lz4-napi';
import { compressSync as snappy } from 'snappy';
import { blockChecksum, maskedCrc32c } from '../../src/rocksdb/checksum.ts';
import { bloomHash } from '../../src/rocksdb/filter.ts';

/** An entry of a table or an operation of a WAL; without value a deletion. */
export interface TestEntry {
  key: Buffer;
  value?: Buffer | undefined;
  sequence: number;
  single?: boolean | undefined;
}

export interface TableOptions {
  formatVersion?: 0 | 1 | 2 | undefined;
  compression?: 'none' | 'snappy' | 'zlib' | 'lz4' | undefined;
  /** 1 CRC32C, 2 xxHash, 3 xxHash64, 4 XXH3. */
  checksum?: 1 | 2 | 3 | 4 | undefined;
  blockSize?: number | undefined;
  restartInterval?: number | undefined;
  filter?: boolean | undefined;
  /** Write a block index of two levels. */
  partitioned?: boolean | undefined;
}

export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}

/** Bytes after their length. */
export function lengthPrefixed(bytes: Buffer): Buffer {
  return Buffer.concat([varint(bytes.length), bytes]);
}

/** 4 bytes, little-endian. */
export function fixed32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function fixed64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

function typeOf(entry: TestEntry): number {
  if (entry.value) return 1;
  return entry.single ? 7 : 0;
}

export function internalKey(entry: TestEntry): Buffer {
  return Buffer.concat([entry.key, fixed64((BigInt(entry.sequence) << 8n) | BigInt(typeOf(entry)))]);
}

/** Key ascending, sequence descending: the order in a table. */
export function tableOrder(a: TestEntry, b: TestEntry): number {
  return Buffer.compare(a.key, b.key) || b.sequence - a.sequence;
}

/** The content of a block of keys and values, not compressed. */
export function writeBlock(entries: [Buffer, Buffer][], restartInterval: number): Buffer {
  const parts: Buffer[] = [];
  const restarts: number[] = [];
  let offset = 0;
  let last = Buffer.alloc(0) as Buffer;
  entries.forEach(([key, value], i) => {
    let shared = 0;
    if (i % restartInterval === 0) restarts.push(offset);
    else while (shared < Math.min(key.length, last.length) && key[shared] === last[shared]) shared++;
    const entry = Buffer.concat([
      varint(shared),
      varint(key.length - shared),
      varint(value.length),
      key.subarray(shared),
      value,
    ]);
    parts.push(entry);
    offset += entry.length;
    last = key;
  });
  if (restarts.length === 0) restarts.push(0);
  return Buffer.concat([...parts, ...restarts.map(fixed32), fixed32(restarts.length)]);
}

function compress(content: Buffer, options: TableOptions): [number, Buffer] {
  const version = options.formatVersion ?? 2;
  const size = version >= 2 ? varint(content.length) : Buffer.alloc(0);
  switch (options.compression ?? 'none') {
    case 'none':
      return [0, content];
    case 'snappy':
      return [1, snappy(content)];
    case 'zlib':
      return [2, Buffer.concat([size, deflateRawSync(content)])];
    case 'lz4': {
      const oldSize = version >= 2 ? size : fixed64(BigInt(content.length));
      return [4, Buffer.concat([oldSize, lz4(content).subarray(4)])];
    }
  }
}

/** A full Bloom filter of ten bits a key. */
export function filterBlock(keys: Buffer[]): Buffer {
  const lines = Math.max(1, Math.ceil((keys.length * 10) / 512)) | 1;
  const bits = Buffer.alloc(lines * 64);
  for (const key of keys) {
    let hash = bloomHash(key);
    const delta = ((hash >>> 17) | (hash << 15)) >>> 0;
    const line = (hash % lines) * 512;
    for (let i = 0; i < 6; i++) {
      const bit = line + (hash & 511);
      bits[bit >> 3]! |= 1 << (bit & 7);
      hash = (hash + delta) >>> 0;
    }
  }
  return Buffer.concat([bits, Buffer.from([6]), fixed32(lines)]);
}

/** Writes an SST file of entries in table order. */
export function writeTable(entries: TestEntry[], options: TableOptions = {}): Buffer {
  const parts: Buffer[] = [];
  let offset = 0;
  const add = (content: Buffer, plain = false): Buffer => {
    const [type, stored] = plain ? ([0, content] as const) : compress(content, options);
    const typed = Buffer.concat([stored, Buffer.from([type])]);
    parts.push(typed, fixed32(blockChecksum(options.checksum ?? 1, typed)));
    const handle = Buffer.concat([varint(offset), varint(stored.length)]);
    offset += typed.length + 4;
    return handle;
  };

  const index: [Buffer, Buffer][] = [];
  let block: [Buffer, Buffer][] = [];
  let size = 0;
  entries.forEach((entry, i) => {
    const key = internalKey(entry);
    block.push([key, entry.value ?? Buffer.alloc(0)]);
    size += key.length + (entry.value?.length ?? 0);
    if (size >= (options.blockSize ?? 4096) || i === entries.length - 1) {
      index.push([key, add(writeBlock(block, options.restartInterval ?? 16))]);
      block = [];
      size = 0;
    }
  });
  const meta: [Buffer, Buffer][] = [];
  if (options.filter) {
    const handle = add(filterBlock(entries.map(({ key }) => key)), true);
    meta.push([Buffer.from('fullfilter.rocksdb.BuiltinBloomFilter'), handle]);
  }
  const indexType: [Buffer, Buffer] = [
    Buffer.from('rocksdb.block.based.table.index.type'),
    fixed32(options.partitioned ? 2 : 0),
  ];
  const properties = [
    indexType,
    [Buffer.from('rocksdb.comparator'), Buffer.from('leveldb.BytewiseComparator')],
    [Buffer.from('rocksdb.num.entries'), varint(entries.length)],
  ] as [Buffer, Buffer][];
  meta.push([Buffer.from('rocksdb.properties'), add(writeBlock(properties, 1), true)]);
  const metaindexHandle = add(writeBlock(meta, 1), true);
  const indexHandle = add(writeBlock(options.partitioned ? partition(index, add) : index, 1));
  const handles = Buffer.alloc(40);
  Buffer.concat([metaindexHandle, indexHandle]).copy(handles);
  const version = options.formatVersion ?? 2;
  const footer =
    version === 0
      ? [handles, fixed64(0xdb4775248b80fb57n)]
      : [Buffer.from([options.checksum ?? 1]), handles, fixed32(version), fixed64(0x88e241b785f4cff7n)];
  return Buffer.concat([...parts, ...footer]);
}

function partition(index: [Buffer, Buffer][], add: (content: Buffer) => Buffer): [Buffer, Buffer][] {
  const top: [Buffer, Buffer][] = [];
  for (let i = 0; i < index.length; i += 3) {
    const part = index.slice(i, i + 3);
    top.push([part.at(-1)![0], add(writeBlock(part, 1))]);
  }
  return top;
}

/** Frames records as in MANIFEST and WAL files. */
export function writeLog(records: Buffer[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const record of records) {
    let rest = record;
    let first = true;
    do {
      let left = 32_768 - (at % 32_768);
      if (left < 7) {
        parts.push(Buffer.alloc(left));
        at += left;
        left = 32_768;
      }
      const data = rest.subarray(0, left - 7);
      rest = rest.subarray(data.length);
      const last = rest.length === 0;
      const type = first ? (last ? 1 : 2) : last ? 4 : 3;
      const typed = Buffer.concat([Buffer.from([type]), data]);
      const length = Buffer.from([data.length & 0xff, data.length >> 8]);
      parts.push(fixed32(maskedCrc32c(typed)), length, typed);
      at += 7 + data.length;
      first = false;
    } while (rest.length > 0);
  }
  return Buffer.concat(parts);
}

/** A write batch; its entries' sequence numbers must be consecutive. */
export function writeBatch(entries: TestEntry[]): Buffer {
  return Buffer.concat([
    fixed64(BigInt(entries[0]?.sequence ?? 0)),
    fixed32(entries.length),
    ...entries.map((entry) =>
      Buffer.concat([
        Buffer.from([typeOf(entry)]),
        lengthPrefixed(entry.key),
        ...(entry.value ? [lengthPrefixed(entry.value)] : []),
      ]),
    ),
  ]);
}

/** The fields of a version edit that adds a file (tag 100). */
export function addedFile(level: number, number: number, size: number, entries: TestEntry[]): Buffer {
  const sequences = entries.map(({ sequence }) => sequence);
  return Buffer.concat([
    varint(100),
    varint(level),
    varint(number),
    varint(size),
    lengthPrefixed(internalKey(entries[0]!)),
    lengthPrefixed(internalKey(entries.at(-1)!)),
    varint(sequences.reduce((a, b) => Math.min(a, b))),
    varint(sequences.reduce((a, b) => Math.max(a, b))),
  ]);
}

/** The first fields of a MANIFEST. */
export function manifestHead(comparator = 'leveldb.BytewiseComparator', logNumber = 0): Buffer {
  return Buffer.concat([
    Buffer.from([1]),
    lengthPrefixed(Buffer.from(comparator)),
    Buffer.from([2]),
    varint(logNumber),
  ]);
}

export interface TestDatabase {
  /** Levels of files of entries; each file's entries in table order. */
  levels: TestEntry[][][];
  /** WAL files of write batches. */
  wal?: TestEntry[][][] | undefined;
}

/** Writes a whole database: its files by name. */
export function writeDatabase(database: TestDatabase, options: TableOptions = {}): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const edits = [manifestHead()];
  let number = 10;
  database.levels.forEach((level, i) => {
    for (const entries of level) {
      const table = writeTable(entries, options);
      files.set(`${String(number).padStart(6, '0')}.sst`, table);
      edits.push(addedFile(i, number, table.length, entries));
      number++;
    }
  });
  for (const batches of database.wal ?? []) {
    files.set(`${String(number).padStart(6, '0')}.log`, writeLog(batches.map(writeBatch)));
    number++;
  }
  files.set('MANIFEST-000001', writeLog(edits));
  files.set('CURRENT', Buffer.from('MANIFEST-000001\n'));
  return files;
}
