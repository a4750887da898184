import { ByteReader } from './byte-reader.ts';
import { compareRanges } from './bytes.ts';
import { FormatError } from './damage.ts';
import { readHandle, trailerSize, type BlockHandle } from './footer.ts';
import { entriesEnd } from './stored-block.ts';

/** How the entries of an index block are written; the table's properties tell. */
export interface IndexForm {
  /** Keys are user keys, without the tag (format_version >= 3). */
  userKeys: boolean;
  /** Handles after a shared prefix hold the difference of sizes only (format_version >= 4). */
  deltaHandles: boolean;
  /** The first key of the block follows the handle (index type kBinarySearchWithFirstKey). */
  firstKeys: boolean;
}

// A separator carries the largest sequence number, which no entry has.
const separatorSequence = Buffer.alloc(7, 0xff);

/** The entries of one or more index blocks: parallel arrays. */
export interface IndexEntries {
  /** User keys. */
  keys: Buffer[];
  handles: BlockHandle[];
  /** Whether the key is that of an entry, and not a separator. */
  exact: boolean[];
}

/** The data blocks of a table in order, each with a user key at or after its last and before the next block's first. */
export class BlockIndex {
  readonly count: number;
  readonly #keys: Buffer;
  readonly #keyEnds: Int32Array;
  readonly #handles: BlockHandle[];
  readonly #exact: boolean[];

  constructor({ keys, handles, exact }: IndexEntries) {
    this.count = handles.length;
    this.#exact = exact;
    this.#keys = Buffer.concat(keys);
    this.#keyEnds = new Int32Array(keys.length + 1);
    keys.forEach((key, i) => (this.#keyEnds[i + 1] = (this.#keyEnds[i] as number) + key.length));
    this.#handles = handles;
  }

  /** Bytes of memory, about. */
  get memory(): number {
    return this.#keys.length + this.count * 60;
  }

  /** The user key that ends block `i`. */
  key(i: number): Buffer {
    return this.#keys.subarray(this.#keyEnds[i], this.#keyEnds[i + 1]);
  }

  /** Whether `key(i)` is that of the last entry of block `i`; block `i + 1` may then go on with older versions of it. */
  isExact(i: number): boolean {
    return this.#exact[i] === true;
  }

  /** Where the stored bytes of block `i` are. */
  handle(i: number): BlockHandle {
    const handle = this.#handles[i];
    if (handle === undefined) throw new RangeError(`there is no block ${i}`);
    return handle;
  }

  /** Where block `i` ends in the file, its trailer included. */
  end(i: number): number {
    const handle = this.handle(i);
    return handle.offset + handle.size + trailerSize;
  }

  /** The first block that may hold user keys at or after `key`; `count` if none does. */
  find(key: Uint8Array): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#keyEnds[middle] as number;
      const end = this.#keyEnds[middle + 1] as number;
      if (compareRanges(this.#keys, start, end, key, 0, key.length) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Decodes an index block: user keys and handles, checked against the size of the file. Throws FormatError. */
export function decodeIndexBlock(content: Buffer, form: IndexForm, fileSize: number): IndexEntries {
  const reader = new ByteReader(content, 0, entriesEnd(content));
  const keys: Buffer[] = [];
  const handles: BlockHandle[] = [];
  const exact: boolean[] = [];
  let key: Buffer = Buffer.alloc(0);
  let handle: BlockHandle | undefined;
  while (!reader.done) {
    const shared = reader.varint32();
    const unshared = reader.varint32();
    if (!form.deltaHandles) reader.varint32();
    if (shared > key.length) throw new FormatError('an index entry shares more than the key before it has');
    const rest = reader.bytes(unshared);
    key = shared === 0 ? rest : Buffer.concat([key.subarray(0, shared), rest]);
    handle =
      form.deltaHandles && shared !== 0 && handle
        ? nextHandle(handle, reader, fileSize)
        : readHandle(reader, fileSize);
    if (form.firstKeys) reader.lengthPrefixed();
    if (!form.userKeys && key.length < 8) throw new FormatError('an index key is too short');
    keys.push(form.userKeys ? key : key.subarray(0, key.length - 8));
    handles.push(handle);
    exact.push(!form.userKeys && !key.subarray(-7).equals(separatorSequence));
  }
  return { keys, handles, exact };
}

function nextHandle(before: BlockHandle, reader: ByteReader, fileSize: number): BlockHandle {
  const zigzag = reader.varint64();
  const difference = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  const handle = { offset: before.offset + before.size + trailerSize, size: before.size + difference };
  if (handle.size < 0 || handle.offset + handle.size + trailerSize > fileSize) {
    throw new FormatError('an index entry points beyond the file');
  }
  return handle;
}
