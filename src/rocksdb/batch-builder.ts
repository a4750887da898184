import { Batch } from './batch.ts';
import { EntryType, stride, type Entries } from './data-block.ts';

const fullEntries = 512;
const fullValues = 128 << 10;

/** The entries [from, to) without deletions as a batch, in place; undefined if none is left. */
export function batchOf(entries: Entries, from: number, to: number, reverse: boolean): Batch | undefined {
  if (entries.live && !reverse) {
    const positions =
      from === 0 && to === entries.count
        ? entries.positions
        : entries.positions.subarray(from * stride, to * stride);
    return new Batch(to - from, entries.keys, entries.values, positions);
  }
  const positions = new Int32Array((to - from) * stride);
  let length = 0;
  const step = reverse ? -1 : 1;
  for (let i = reverse ? to - 1 : from; reverse ? i >= from : i < to; i += step) {
    const p = i * stride;
    if (entries.keys[entries.positions[p + 1] as number] !== EntryType.value) continue;
    const q = length * stride;
    positions[q] = entries.positions[p] as number;
    positions[q + 1] = entries.positions[p + 1] as number;
    positions[q + 2] = entries.positions[p + 2] as number;
    positions[q + 3] = entries.positions[p + 3] as number;
    length++;
  }
  return length === 0 ? undefined : new Batch(length, entries.keys, entries.values, positions);
}

/** Copies entries of several blocks into one batch: where sources alternate, batches in place would be tiny. */
export class BatchBuilder {
  #keys: Buffer = Buffer.alloc(0);
  #values: Buffer = Buffer.alloc(0);
  #positions = new Int32Array(0);
  #keysUsed = 0;
  #valuesUsed = 0;
  length = 0;

  get full(): boolean {
    return this.length >= fullEntries || this.#valuesUsed >= fullValues;
  }

  /** Appends entry `i`, unless it is a deletion. */
  add(entries: Entries, i: number): void {
    const p = i * stride;
    const keyStart = entries.positions[p] as number;
    const keyEnd = entries.positions[p + 1] as number;
    if (entries.keys[keyEnd] !== EntryType.value) return;
    const valueStart = entries.positions[p + 2] as number;
    const valueEnd = entries.positions[p + 3] as number;
    if (this.length === 0) this.#reset();
    this.#keys = roomFor(this.#keys, this.#keysUsed, keyEnd - keyStart);
    this.#values = roomFor(this.#values, this.#valuesUsed, valueEnd - valueStart);
    const q = this.length * stride;
    this.#positions[q] = this.#keysUsed;
    this.#positions[q + 2] = this.#valuesUsed;
    this.#keysUsed = copyTo(this.#keys, this.#keysUsed, entries.keys, keyStart, keyEnd);
    this.#valuesUsed = copyTo(this.#values, this.#valuesUsed, entries.values, valueStart, valueEnd);
    this.#positions[q + 1] = this.#keysUsed;
    this.#positions[q + 3] = this.#valuesUsed;
    this.length++;
  }

  /** The batch so far; the builder begins a new one. */
  take(): Batch {
    const batch = new Batch(this.length, this.#keys, this.#values, this.#positions);
    this.length = 0;
    return batch;
  }

  /** Forgets the batch so far. */
  clear(): void {
    this.length = 0;
  }

  // The buffers of the batch before belong to who took it.
  #reset(): void {
    this.#keys = Buffer.allocUnsafe(8 << 10);
    this.#values = Buffer.allocUnsafe(32 << 10);
    this.#positions = new Int32Array(fullEntries * stride * 2);
    this.#keysUsed = 0;
    this.#valuesUsed = 0;
  }
}

/** Copies bytes and returns where they end: a few in a loop, as a native call costs more than that. */
function copyTo(target: Buffer, at: number, bytes: Buffer, start: number, end: number): number {
  if (end - start > 64) return at + bytes.copy(target, at, start, end);
  for (let from = start; from < end; from++) target[at++] = bytes[from] as number;
  return at;
}

function roomFor(buffer: Buffer, used: number, more: number): Buffer {
  if (used + more <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(used + more, buffer.length * 2));
  buffer.copy(larger, 0, 0, used);
  return larger;
}
