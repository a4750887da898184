import { Value } from '../../bson/value.ts';
import { CommandError } from '../errors.ts';
import { carryMetadata, metadataOf } from '../metadata.ts';
import { sortGradually } from './gradual-sort.ts';
import type { IndexKey } from './index-keys.ts';
import type { SortKeys } from './sort-key.ts';

/** mongod's limit for a sort in memory (internalQueryExecMaxBlockingSortBytes). */
export const maxSortBytes = 33_554_432;

interface Entry {
  readonly document: Value;
  readonly key: IndexKey;
  /** Decides between equal keys, where the document carries it. */
  readonly id: bigint | undefined;
  /** Decides between keys that are equal so far: the order of adding. */
  readonly sequence: number;
}

/**
 * Sorts documents in memory, with a limit keeping only the first so many. Equal keys come in the order of their record
 * ids, as in mongod; where documents carry none, as after a collection scan, in the order in which they were added.
 * Documents are copied out of their blocks, so that these can go.
 */
export class Sorter {
  readonly #keys: SortKeys;
  readonly #limit: number;
  readonly #maxBytes: number;
  /** With a limit a heap, the worst entry first. */
  readonly #entries: Entry[] = [];
  #bytes = 0;
  #added = 0;

  /** `limit` 0 keeps all; above `maxBytes` of documents `add` throws mongod's error. */
  constructor(keys: SortKeys, limit = 0, maxBytes = maxSortBytes) {
    this.#keys = keys;
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  /** Throws CommandError (96) when the documents to keep pass the memory limit. */
  add(document: Value): void {
    const key = this.#keys.keyOf(document);
    const found = { document, key, id: metadataOf(document)?.recordId, sequence: this.#added++ };
    const entries = this.#entries;
    const worst = entries[0];
    const isFull = this.#limit > 0 && entries.length >= this.#limit;
    if (isFull && worst !== undefined && this.#order(found, worst) >= 0) return;
    const entry = copyOf(found);
    this.#bytes += document.end - document.start;
    if (isFull && worst !== undefined) {
      this.#bytes -= worst.document.end - worst.document.start;
      entries[0] = entry;
      this.#siftDown();
    } else {
      entries.push(entry);
      if (this.#limit > 0) this.#siftUp();
    }
    if (this.#bytes > this.#maxBytes) throw tooMuchMemory(this.#maxBytes);
  }

  /** The documents in order; the sorter is not used afterwards. Rejects with the signal's reason. */
  async finish(signal?: AbortSignal): Promise<Value[]> {
    const sorted = await sortGradually(this.#entries, (a, b) => this.#order(a, b), signal);
    return sorted.map(({ document }) => document);
  }

  #order(a: Entry, b: Entry): number {
    const byKey = this.#keys.compare(a.key, b.key);
    if (byKey !== 0) return byKey;
    if (a.id === undefined || b.id === undefined || a.id === b.id) return a.sequence - b.sequence;
    return a.id < b.id ? -1 : 1;
  }

  #siftUp(): void {
    const entries = this.#entries;
    for (let at = entries.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfWorse(at, parent)) return;
      at = parent;
    }
  }

  #siftDown(): void {
    const entries = this.#entries;
    for (let at = 0; ;) {
      let child = 2 * at + 1;
      if (child >= entries.length) return;
      const right = child + 1;
      if (right < entries.length && this.#order(entries[right] as Entry, entries[child] as Entry) > 0)
        child = right;
      if (!this.#swapIfWorse(child, at)) return;
      at = child;
    }
  }

  /** Swaps the two if the lower one sorts after the upper one. */
  #swapIfWorse(lower: number, upper: number): boolean {
    const below = this.#entries[lower] as Entry;
    const above = this.#entries[upper] as Entry;
    if (this.#order(below, above) <= 0) return false;
    this.#entries[lower] = above;
    this.#entries[upper] = below;
    return true;
  }
}

/** Copies the document, and the key's values with it where they lie in it. */
function copyOf({ document, key, id, sequence }: Entry): Entry {
  const bytes = Buffer.from(document.slice());
  const shift = document.start;
  const copied = carryMetadata(document, new Value(document.type, bytes, 0, bytes.length));
  const ownKey = key.map((value) =>
    value.bytes === document.bytes
      ? new Value(value.type, bytes, value.start - shift, value.end - shift)
      : value,
  );
  return { document: copied, key: ownKey, id, sequence };
}

function tooMuchMemory(limit: number): CommandError {
  return new CommandError(
    96,
    'OperationFailed',
    `Executor error during find command: OperationFailed: Sort operation used more than the maximum ${limit} bytes of RAM. Add an index, or specify a smaller limit.`,
  );
}
