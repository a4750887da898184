import type { FileHandle } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { depth, fetchPart, partsOf } from './parts.ts';
import type { Permits } from '../base/permits.ts';

/** Bytes that are written at a time. */
const blockBytes = 1 << 20;

/** Memory that is used again: new memory would be cleared first, and cleaned up after. */
const free: Buffer[] = [];
/** As much of it as is kept. */
const maxFree = 64;

/** Bytes of a part, at least and at most. */
const [leastPart, mostPart] = [4 << 20, 16 << 20];

/**
 * How large the parts of a transfer of `total` bytes should be, with so many requests at a time: small enough for all of
 * these to have something to do, and no smaller, since each costs a request.
 */
export function partBytesFor(total: number, parallel: number): number {
  return Math.min(mostPart, Math.max(leastPart, total / (2 * parallel)));
}

export interface FetchPartsOptions {
  partBytes: number;
  /** How many of them at once, at most. Default 4. */
  partsAtOnce?: number | undefined;
  permits: Permits;
  signal: AbortSignal;
  onBytes: (count: number) => void;
  /** Called when all parts have begun to come. */
  onAnswered: () => void;
  /** So many bytes from the beginning of the file have been written. */
  onWritten: (end: number) => void;
}

/**
 * Writes an object of `size` bytes to a file, in parts that are fetched a few at a time, all of one version, each
 * written where it belongs as it comes. Throws as `readParts` does.
 */
export async function fetchParts(
  store: ObjectStore,
  object: { key: string; size: number },
  handle: FileHandle | Promise<FileHandle>,
  { partBytes, partsAtOnce = depth, permits, signal, onBytes, onAnswered, onWritten }: FetchPartsOptions,
): Promise<void> {
  const ranges = partsOf(object.size, partBytes);
  const answered = new Set<number>();
  let version: string | undefined;
  /** How far each part is written, without a gap; and the first one that is not all there. */
  const through = ranges.map(({ start }) => start);
  let first = 0;
  const reached = (index: number, end: number): void => {
    through[index] = end;
    while (first < ranges.length - 1 && through[first] === ranges[first]?.end) first++;
    if (index <= first) onWritten(through[first] ?? end);
  };
  const begins = (index: number): void => {
    if (!answered.has(index) && answered.add(index).size === ranges.length) onAnswered();
  };
  await mapParallel(
    ranges,
    partsAtOnce,
    async (range, inner, index) => {
      const part = new PartWriter(handle, range.start, (end) => reached(index, end));
      const onPart = (bytes: Buffer): void => {
        begins(index);
        part.add(bytes);
        onBytes(bytes.length);
      };
      try {
        const { bytes, etag, release } = await fetchPart(store, object, permits, {
          range,
          ifMatch: version,
          signal: inner,
          onPart,
          room: () => part.room(),
        });
        try {
          version ??= etag;
          if (etag !== version)
            throw new MongoqError(
              ErrorCode.storeChanged,
              `${store.url}/${object.key} changed while it was read`,
            );
          begins(index);
          if (bytes.length > 0) onPart(bytes);
          await part.end();
        } finally {
          release();
        }
      } finally {
        await part.settled();
      }
      reached(index, range.end);
    },
    signal,
  );
}

/** Writes bytes one after the other, in larger pieces than they come in, without waiting for each. */
class PartWriter {
  readonly #handle: FileHandle | Promise<FileHandle>;
  readonly #writes: Promise<void>[] = [];
  readonly #onReached: (end: number) => void;
  #inOrder: Promise<void> = Promise.resolve();
  #position: number;
  #block: Buffer | undefined;
  #filled = 0;

  /** Calls `onReached` with how far all is written from `position` on. */
  constructor(handle: FileHandle | Promise<FileHandle>, position: number, onReached: (end: number) => void) {
    this.#handle = handle;
    this.#position = position;
    this.#onReached = onReached;
  }

  /** Where bytes need not be copied from. */
  room(): Buffer {
    this.#block ??= free.pop() ?? Buffer.allocUnsafeSlow(blockBytes);
    return this.#block.subarray(this.#filled);
  }

  /** Takes a copy, unless the bytes are in what `room` gave. */
  add(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) {
      const room = this.room();
      const count = bytes.buffer === room.buffer ? bytes.length : bytes.copy(room, 0, done);
      done += count;
      this.#filled += count;
      if (this.#filled === blockBytes) this.#flush();
    }
  }

  /** Resolves when everything is written; throws what the file system said. */
  async end(): Promise<void> {
    this.#flush();
    await Promise.all(this.#writes);
    await this.#inOrder;
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#writes);
  }

  #flush(): void {
    const block = this.#block;
    if (!block) return;
    const writing = this.#write(block, this.#filled, this.#position).finally(() => {
      if (free.length < maxFree) free.push(block);
    });
    // It is waited for at the end.
    writing.catch(() => undefined);
    this.#writes.push(writing);
    this.#position += this.#filled;
    const end = this.#position;
    const before = this.#inOrder;
    this.#inOrder = writing.then(() => before).then(() => this.#onReached(end));
    this.#inOrder.catch(() => undefined);
    this.#block = undefined;
    this.#filled = 0;
  }

  async #write(block: Buffer, length: number, position: number): Promise<void> {
    const handle = await this.#handle;
    for (let done = 0; done < length;)
      done += (await handle.write(block, done, length - done, position + done)).bytesWritten;
  }
}
