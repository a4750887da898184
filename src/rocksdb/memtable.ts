import { EntryType, stride, tagSize, type Entries } from './data-block.ts';
import type { Operation } from './write-batch.ts';

/** Collects the operations of WAL files; the newest of each user key remains. */
export class Memtable {
  // Latin-1 strings compare as their bytes do.
  readonly #newest = new Map<string, Operation>();

  /** Adds operations that are newer than all before. */
  add(operations: Operation[]): void {
    for (const operation of operations) {
      const key = operation.key.toString('latin1');
      const before = this.#newest.get(key);
      if (!before || before.sequence <= operation.sequence) this.#newest.set(key, operation);
    }
  }

  /** The entries in key order. The operations' keys and values are copied. */
  entries(): Entries {
    const sorted = [...this.#newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation);
    const keySize = sorted.reduce((sum, { key }) => sum + key.length + tagSize, 0);
    const keys = Buffer.allocUnsafe(keySize);
    const values = Buffer.allocUnsafe(sorted.reduce((sum, { value }) => sum + value.length, 0));
    const positions = new Int32Array(sorted.length * stride);
    let keyAt = 0;
    let valueAt = 0;
    sorted.forEach(({ key, value, sequence, deletion }, i) => {
      positions.set([keyAt, keyAt + key.length, valueAt, valueAt + value.length], i * stride);
      keys.set(key, keyAt);
      values.set(value, valueAt);
      const tagAt = keyAt + key.length;
      keys[tagAt] = deletion ? EntryType.deletion : EntryType.value;
      keys.writeUIntLE(sequence % 0x100000000, tagAt + 1, 4);
      keys.writeUIntLE(Math.floor(sequence / 0x100000000), tagAt + 5, 3);
      keyAt = tagAt + tagSize;
      valueAt += value.length;
    });
    const live = sorted.every(({ deletion }) => !deletion);
    return { count: sorted.length, keys, positions, values, live };
  }
}
