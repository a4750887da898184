import { documentOf, type Value } from '../../../bson/value.ts';
import { asBuffer, type Found } from './protocol.ts';

/** Collects documents, one after the other, in memory of its own that may leave this thread. */
export class FoundBuffer {
  #bytes = Buffer.allocUnsafeSlow(0);
  #size = 0;
  #scanned = 0;
  #matched = 0;

  /** Bytes of documents so far. */
  get size(): number {
    return this.#size;
  }

  count(scanned: number, matched: number): void {
    this.#scanned += scanned;
    this.#matched += matched;
  }

  add(documents: readonly Value[]): void {
    for (const { bytes, start, end } of documents) {
      this.#makeRoom(end - start);
      this.#size += bytes.copy(this.#bytes, this.#size, start, end);
    }
  }

  /** What was collected; a new collection begins. */
  take(): Found {
    const bytes = this.#bytes.subarray(0, this.#size);
    const found = { scanned: this.#scanned, matched: this.#matched, bytes };
    this.#bytes = Buffer.allocUnsafeSlow(0);
    this.#size = 0;
    this.count(-found.scanned, -found.matched);
    return found;
  }

  #makeRoom(more: number): void {
    const { length } = this.#bytes;
    if (this.#size + more <= length) return;
    // Slow: without the pool that other buffers of this thread share.
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#size + more, 2 * length, 4096));
    this.#bytes.copy(larger, 0, 0, this.#size);
    this.#bytes = larger;
  }
}

/** The documents that another thread has collected. */
export function foundDocuments(bytes: Uint8Array): Value[] {
  const buffer = asBuffer(bytes);
  const documents: Value[] = [];
  for (let at = 0; at < buffer.length;) {
    const document = documentOf(buffer, at);
    documents.push(document);
    at = document.end;
  }
  return documents;
}
