import { blockChecksum } from '../../src/rocksdb/checksum.ts';
import { filterBlock, fixed32, internalKey, varint, writeBlock } from '../../test/support/rocksdb-writer.ts';

/** An entry of a table: its user key and value. */
export interface ImageEntry {
  key: Buffer;
  value: Buffer;
}

/** What a computed SST holds. All keys are of one length, and all values. */
export interface TableContent {
  entries: number;
  /** Entry `i`, in key order. */
  entry(i: number): ImageEntry;
  sequence: number;
  filter: boolean;
}

const blockBytes = 16 << 10;
const noCompression = 0;
const crc32c = 1;
const trailerBytes = 5;

/** How many entries of these lengths a block of 16 KiB takes, and how many bytes such a block is in the file. */
export function blockShape(keyBytes: number, valueBytes: number): { entries: number; bytes: number } {
  const entryBytes = 1 + varint(keyBytes + 8).length + varint(valueBytes).length + keyBytes + 8 + valueBytes;
  const entries = Math.max(1, Math.floor(blockBytes / entryBytes));
  return { entries, bytes: entries * entryBytes + 8 + trailerBytes };
}

/**
 * An uncompressed SST file (format_version 2) of which no more exists than what is asked for: all data blocks are of one
 * size, so that the block at an offset is known, and is written when it is read.
 */
export class TableImage {
  readonly size: number;
  readonly smallest: Buffer;
  readonly largest: Buffer;
  readonly #content: TableContent;
  readonly #shape: { entries: number; bytes: number };
  readonly #blocks: number;
  #tail: Buffer | undefined;

  /** `tailBytes`: what a table of the same shape has after its data blocks, where that is known. */
  constructor(content: TableContent, tailBytes?: number) {
    const first = content.entry(0);
    this.#content = content;
    this.#shape = blockShape(first.key.length, first.value.length);
    this.#blocks = content.entries / this.#shape.entries;
    if (!Number.isInteger(this.#blocks)) throw new Error('a table must consist of whole blocks');
    this.smallest = this.#internalKey(first);
    this.largest = this.#internalKey(content.entry(content.entries - 1));
    this.size = this.#blocks * this.#shape.bytes + (tailBytes ?? this.tail().length);
  }

  /** The bytes from `start` to `end` (exclusive). */
  read(start: number, end: number): Buffer {
    const { bytes } = this.#shape;
    const dataEnd = this.#blocks * bytes;
    const parts: Buffer[] = [];
    for (let at = start; at < Math.min(end, dataEnd);) {
      const i = Math.floor(at / bytes);
      const part = this.#block(i).subarray(at - i * bytes, Math.min(bytes, end - i * bytes));
      parts.push(part);
      at += part.length;
    }
    if (end > dataEnd) parts.push(this.tail().subarray(Math.max(0, start - dataEnd), end - dataEnd));
    return Buffer.concat(parts);
  }

  /** What follows the data blocks: filter, properties, metaindex, index, footer. */
  tail(): Buffer {
    return (this.#tail ??= this.#writeTail());
  }

  #block(i: number): Buffer {
    const { entries } = this.#shape;
    const content = Array.from({ length: entries }, (_, j): [Buffer, Buffer] => {
      const entry = this.#content.entry(i * entries + j);
      return [this.#internalKey(entry), entry.value];
    });
    return stored(writeBlockOfWholeKeys(content));
  }

  #internalKey({ key, value }: ImageEntry): Buffer {
    return internalKey({ key, value, sequence: this.#content.sequence });
  }

  #writeTail(): Buffer {
    const { entries, bytes } = this.#shape;
    const parts: Buffer[] = [];
    let offset = this.#blocks * bytes;
    const add = (content: Buffer): Buffer => {
      const block = stored(content);
      parts.push(block);
      const handle = Buffer.concat([varint(offset), varint(content.length)]);
      offset += block.length;
      return handle;
    };
    const meta: [Buffer, Buffer][] = [];
    if (this.#content.filter) {
      const keys = Array.from({ length: this.#content.entries }, (_, i) => this.#content.entry(i).key);
      meta.push([Buffer.from('fullfilter.rocksdb.BuiltinBloomFilter'), add(filterBlock(keys))]);
    }
    const properties: [Buffer, Buffer][] = [
      [Buffer.from('rocksdb.block.based.table.index.type'), fixed32(0)],
      [Buffer.from('rocksdb.comparator'), Buffer.from('leveldb.BytewiseComparator')],
      [Buffer.from('rocksdb.num.entries'), varint(this.#content.entries)],
    ];
    meta.push([Buffer.from('rocksdb.properties'), add(writeBlock(properties, 1))]);
    const metaindex = add(writeBlock(meta, 1));
    const index = Array.from({ length: this.#blocks }, (_, i): [Buffer, Buffer] => [
      this.#internalKey(this.#content.entry((i + 1) * entries - 1)),
      Buffer.concat([varint(i * bytes), varint(bytes - trailerBytes)]),
    ]);
    const handles = Buffer.alloc(40);
    Buffer.concat([metaindex, add(writeBlock(index, 1))]).copy(handles);
    const magic = Buffer.alloc(8);
    magic.writeBigUInt64LE(0x88e241b785f4cff7n);
    return Buffer.concat([...parts, Buffer.from([crc32c]), handles, fixed32(2), magic]);
  }
}

/** A block with one restart, in which no key is shortened, so that its length does not depend on its keys. */
function writeBlockOfWholeKeys(entries: [Buffer, Buffer][]): Buffer {
  const zero = varint(0);
  const parts = entries.flatMap(([key, value]) => [
    zero,
    varint(key.length),
    varint(value.length),
    key,
    value,
  ]);
  return Buffer.concat([...parts, fixed32(0), fixed32(1)]);
}

function stored(content: Buffer): Buffer {
  const typed = Buffer.concat([content, Buffer.from([noCompression])]);
  return Buffer.concat([typed, fixed32(blockChecksum(crc32c, typed))]);
}
