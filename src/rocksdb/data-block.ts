import { compareRanges } from './bytes.ts';
import { FormatError, UnsupportedFormatError } from './damage.ts';
import { entriesEnd } from './stored-block.ts';

/** What an entry says of its key; the lowest byte of the tag. Others (merge, blob index, ...) are refused. */
export const EntryType = { deletion: 0, value: 1, singleDeletion: 7 } as const;

/** Bytes after each user key: type (1 byte) and sequence number (7 bytes, LE). */
export const tagSize = 8;

/** Four numbers an entry in `Entries.positions`: key start, user key end, value start, value end. */
export const stride = 4;

/**
 * Entries in ascending order of their user keys, each user key once. `positions` holds `stride` numbers an entry, the
 * first two into `keys`, the others into `values`. The tag of an entry follows its user key in `keys`.
 */
export interface Entries {
  readonly count: number;
  readonly keys: Buffer;
  readonly positions: Int32Array;
  readonly values: Buffer;
  /** No entry is a deletion. */
  readonly live: boolean;
}

// Blocks are decoded into these and copied to their exact size: one allocation each instead of growing ones.
let scratchKeys: Buffer = Buffer.allocUnsafeSlow(1 << 16);
let scratchPositions: Int32Array = new Int32Array(1 << 12);

/**
 * Decodes a data block (section 9.3 of the format's description). Of several versions of one user key the first, which
 * is the newest, is kept, unless `every` asks for all. Throws FormatError.
 */
export function decodeDataBlock(content: Buffer, every = false): Entries {
  const end = entriesEnd(content);
  let keys = scratchKeys;
  let positions = scratchPositions;
  let count = 0;
  let used = 0;
  let live = true;
  let lastStart = 0;
  let lastLength = 0;
  let at = 0;
  while (at < end) {
    // The three lengths fit one byte each in most entries; varints otherwise.
    let shared = content[at++] as number;
    if (shared >= 0x80) {
      varint(content, at - 1);
      shared = varintValue;
      at = varintEnd;
    }
    let unshared = content[at++] as number;
    if (unshared >= 0x80) {
      varint(content, at - 1);
      unshared = varintValue;
      at = varintEnd;
    }
    let valueLength = content[at++] as number;
    if (valueLength >= 0x80) {
      varint(content, at - 1);
      valueLength = varintValue;
      at = varintEnd;
    }
    const keyLength = shared + unshared;
    const valueStart = at + unshared;
    // Also catches a read beyond the content, which made a length undefined and the sum NaN.
    if (!(valueStart + valueLength <= end) || shared > lastLength || keyLength < tagSize) {
      throw new FormatError('an entry does not fit into its block');
    }
    if (used + keyLength > keys.length) keys = scratchKeys = grown(keys, used + keyLength);
    for (let i = 0; i < shared; i++) keys[used + i] = keys[lastStart + i] as number;
    for (let i = shared, from = at; i < keyLength; i++) keys[used + i] = content[from++] as number;

    const userEnd = used + keyLength - tagSize;
    const userLength = keyLength - tagSize;
    const type = keys[userEnd];
    if (type !== EntryType.value) {
      if (type !== EntryType.deletion && type !== EntryType.singleDeletion) throw unknownType(type);
      live = false;
    }
    if (
      every ||
      count === 0 ||
      keyLength !== lastLength ||
      !sameFrom(keys, lastStart, used, shared, userLength)
    ) {
      const p = count * stride;
      if (p + stride > positions.length) positions = scratchPositions = doubled(positions);
      positions[p] = used;
      positions[p + 1] = userEnd;
      positions[p + 2] = valueStart;
      positions[p + 3] = valueStart + valueLength;
      count++;
    }
    lastStart = used;
    lastLength = keyLength;
    used += keyLength;
    at = valueStart + valueLength;
  }
  return {
    count,
    keys: Buffer.from(keys.subarray(0, used)),
    positions: positions.slice(0, count * stride),
    values: content,
    live,
  };
}

/** The error for an entry of a type that this reader does not know. */
export function unknownType(type: number | undefined): UnsupportedFormatError {
  const names = new Map([
    [2, 'a merge operand'],
    [15, 'a range deletion'],
    [17, 'a reference to a blob file'],
    [22, 'a wide-column value'],
  ]);
  const what = names.get(type ?? -1) ?? `of type ${type ?? 'unknown'}`;
  return new UnsupportedFormatError(`an entry is ${what}, which this reader does not know`);
}

/** The sequence number of entry `i`. */
export function sequenceOf(entries: Entries, i: number): number {
  const at = (entries.positions[i * stride + 1] as number) + 1;
  return entries.keys.readUIntLE(at, 4) + entries.keys.readUIntLE(at + 4, 3) * 0x100000000;
}

/** Whether entry `i` says that its key is absent. */
export function isDeletion(entries: Entries, i: number): boolean {
  return entries.keys[entries.positions[i * stride + 1] as number] !== EntryType.value;
}

/** Compares the user key of entry `i` with `key`: < 0, 0 or > 0. */
export function compareEntry(entries: Entries, i: number, key: Uint8Array): number {
  const p = i * stride;
  return compareRanges(
    entries.keys,
    entries.positions[p] as number,
    entries.positions[p + 1] as number,
    key,
    0,
    key.length,
  );
}

/** The first entry in [from, to) whose user key is at or after `key`, else `to`. */
export function lowerBound(entries: Entries, key: Uint8Array, from = 0, to = entries.count): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareEntry(entries, middle, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Compares the user keys of two entries: < 0, 0 or > 0. */
export function compareEntries(a: Entries, i: number, b: Entries, j: number): number {
  return compareRanges(
    a.keys,
    a.positions[i * stride] as number,
    a.positions[i * stride + 1] as number,
    b.keys,
    b.positions[j * stride] as number,
    b.positions[j * stride + 1] as number,
  );
}

/** A view of the user key of entry `i`. */
export function userKeyOf(entries: Entries, i: number): Buffer {
  return entries.keys.subarray(entries.positions[i * stride], entries.positions[i * stride + 1]);
}

/** A view of the value of entry `i`. */
export function valueOf(entries: Entries, i: number): Buffer {
  return entries.values.subarray(entries.positions[i * stride + 2], entries.positions[i * stride + 3]);
}

function sameFrom(keys: Buffer, a: number, b: number, from: number, length: number): boolean {
  for (let i = from; i < length; i++) if (keys[a + i] !== keys[b + i]) return false;
  return true;
}

// Two results without an allocation: this runs for every long key or value.
let varintValue = 0;
let varintEnd = 0;

function varint(content: Buffer, at: number): void {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 5; i++) {
    const byte = content[at + i];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      varintValue = value;
      varintEnd = at + i + 1;
      return;
    }
    scale *= 128;
  }
  throw new FormatError('a length in a block is not a number');
}

function grown(keys: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, keys.length * 2));
  larger.set(keys);
  return larger;
}

function doubled(positions: Int32Array): Int32Array {
  const larger = new Int32Array(positions.length * 2);
  larger.set(positions);
  return larger;
}
