import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { documentOf, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { addMetadata, metadataOf } from '../metadata.ts';

/** A merge holds a piece of every run. */
const chunkBytes = 1 << 16;
const headBytes = 16;

let count = 0;

/**
 * Documents put aside in a file of the scratch directory, one after the other: the text score and the number of $sample as
 * doubles (NaN where there is none), then the BSON. Its bytes go with `remove`, or with the process.
 */
export class SpillFile {
  readonly #name: string;
  #file: FileHandle | undefined;
  #pending: Buffer[] = [];
  #pendingBytes = 0;

  /** `directory` must exist; the file is made on the first flush. */
  constructor(directory: string) {
    this.#name = path.join(directory, `spill-${process.pid}-${count++}.bson`);
  }

  /** Adds a document; true asks for a `flush` before the next. */
  add(document: Value): boolean {
    const record = Buffer.allocUnsafe(headBytes + document.end - document.start);
    const { textScore = NaN, randVal = NaN } = metadataOf(document) ?? {};
    record.writeDoubleLE(textScore);
    record.writeDoubleLE(randVal, 8);
    document.bytes.copy(record, headBytes, document.start, document.end);
    this.#pending.push(record);
    this.#pendingBytes += record.length;
    return this.#pendingBytes >= chunkBytes;
  }

  async flush(): Promise<void> {
    this.#file ??= await openUnlinked(this.#name);
    if (this.#pendingBytes > 0) await this.#file.write(Buffer.concat(this.#pending));
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** The documents in the order in which they were written. */
  async *read(): Batches {
    await this.flush();
    let rest: Buffer = Buffer.alloc(0);
    for (let at = 0; ;) {
      // A large document is read at once, or the pieces of it would be copied again and again.
      const wanted = Math.max(chunkBytes, recordEnd(rest, 0) - rest.length);
      const chunk = Buffer.allocUnsafeSlow(rest.length + wanted);
      rest.copy(chunk);
      const { bytesRead = 0 } = (await this.#file?.read(chunk, rest.length, wanted, at)) ?? {};
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = chunk.subarray(0, rest.length + bytesRead);
      const documents: Value[] = [];
      let start = 0;
      for (let end = recordEnd(bytes, start); end <= bytes.length; end = recordEnd(bytes, start)) {
        documents.push(withNumbers(documentOf(bytes, start + headBytes), bytes, start));
        start = end;
      }
      rest = bytes.subarray(start);
      if (documents.length > 0) yield documents;
    }
  }

  async remove(): Promise<void> {
    this.#pending = [];
    await this.#file?.close();
  }
}

/** Where the record ends that begins at `start`, or at least its length. */
function recordEnd(bytes: Buffer, start: number): number {
  const length = start + headBytes;
  return length + (length + 4 <= bytes.length ? bytes.readInt32LE(length) : 4);
}

/** A new file that has no name any more: nothing of it is left however the process ends. */
async function openUnlinked(name: string): Promise<FileHandle> {
  const file = await open(name, 'wx+', 0o600);
  await rm(name);
  return file;
}

function withNumbers(document: Value, bytes: Buffer, at: number): Value {
  const textScore = bytes.readDoubleLE(at);
  const randVal = bytes.readDoubleLE(at + 8);
  if (!Number.isNaN(textScore)) addMetadata(document, { textScore });
  return Number.isNaN(randVal) ? document : addMetadata(document, { randVal });
}
