import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { compacted } from '../../../query/stages/compacted.ts';

/** A reply holds at most 16 MiB of documents; one larger than that goes alone. */
const maxBatchBytes = 16 * 1024 * 1024;

/** Hands out a stream of documents in batches of the size that a client asks for. */
export class DocumentCursor {
  readonly #source: AsyncIterator<Value[]>;
  readonly #peeks: boolean;
  #buffered: Value[] = [];
  #at = 0;
  #ended = false;

  /** `peeks`: it looks one document ahead to know whether it has ended, as mongod's pipelines and sorts do. */
  constructor(batches: Batches, peeks: boolean) {
    this.#source = batches[Symbol.asyncIterator]();
    this.#peeks = peeks;
  }

  /** Up to `count` documents (undefined: as many as fit), and whether the cursor is known to have ended. */
  async next(count: number | undefined): Promise<{ documents: Value[]; ended: boolean }> {
    const documents: Value[] = [];
    let bytes = 0;
    while (count === undefined || documents.length < count) {
      const document = await this.#peek();
      if (document === undefined) return { documents, ended: true };
      const size = document.end - document.start;
      if (documents.length > 0 && bytes + size > maxBatchBytes) break;
      bytes += size;
      documents.push(document);
      this.#at++;
    }
    const ended = this.#peeks && count !== 0 && (await this.#peek()) === undefined;
    return { documents, ended };
  }

  async close(): Promise<void> {
    this.#ended = true;
    this.#buffered = [];
    await this.#source.return?.();
  }

  async #peek(): Promise<Value | undefined> {
    while (!this.#ended && this.#at >= this.#buffered.length) {
      const step = await this.#source.next();
      this.#at = 0;
      // A reply may hold hundreds of thousands of small documents: they must not cost more than their bytes.
      this.#buffered = step.done === true ? [] : compacted(step.value);
      this.#ended = step.done === true;
    }
    return this.#buffered[this.#at];
  }
}
