import { open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { documentOf, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { addMetadata, metadataOf } from '../metadata.ts';

/** A merge holds a piece of every run. */
const chunkBytes = 1 << 16;
const headBytes = 8;

let count = 0;

/**
 * Documents put aside in a file of the scratch directory, one after the other: the text score as a double (NaN if there is
 * none), then the BSON. Its bytes go with `remove`, or with the process.
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
    record.writeDoubleLE(metadataOf(document)?.textScore ?? NaN);
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
      const chunk = Buffer.allocUnsafeSlow(rest.length + chunkBytes);
      rest.copy(chunk);
      const { bytesRead = 0 } = (await this.#file?.read(chunk, rest.length, chunkBytes, at)) ?? {};
      if (bytesRead === 0) return;
      at += bytesRead;
      const bytes = chunk.subarray(0, rest.length + bytesRead);
      const documents: Value[] = [];
      let start = 0;
      while (start + headBytes + 4 <= bytes.length) {
        const end = start + headBytes + bytes.readInt32LE(start + headBytes);
        if (end > bytes.length) break;
        documents.push(withScore(documentOf(bytes, start + headBytes), bytes.readDoubleLE(start)));
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

/** A new file that has no name any more: nothing of it is left however the process ends. */
async function openUnlinked(name: string): Promise<FileHandle> {
  const file = await open(name, 'wx+', 0o600);
  await rm(name);
  return file;
}

function withScore(document: Value, textScore: number): Value {
  return Number.isNaN(textScore) ? document : addMetadata(document, { textScore });
}
