import { Readable } from 'node:stream';
import { fileBecameShorter, openSource, readSource } from './directory-files.ts';
import type { FileBody } from './object-store.ts';

/** Bytes that are read and sent at a time. */
const pieceBytes = 1 << 20;

/**
 * A local file as the body of a request. The SDK takes only a stream, and this one is never read as such: http/connection.ts
 * has it send itself, from memory that is used again. Two pieces of a file are in memory at a time.
 */
export class FileStream extends Readable {
  readonly #file: FileBody;
  /** What `onProgress` was told, since it was last taken back so many times. */
  #told = 0;
  #takenBack = 0;

  constructor(file: FileBody) {
    super();
    this.#file = file;
  }

  /**
   * Gives the file's bytes in order to `write`, which resolves when it needs a piece no more. May be called again, for a
   * further attempt. Throws storeNotFound or storeDenied if the file cannot be opened, storeChanged if it has become
   * shorter, and what `write` throws.
   */
  async sendTo(write: (bytes: Buffer) => Promise<void>): Promise<void> {
    this.takeBack();
    const attempt = this.#takenBack;
    const { file, size, onProgress } = this.#file;
    const handle = await openSource(file);
    const pieces: Buffer[] = [];
    let writing = Promise.resolve();
    try {
      for (let [position, turn] = [0, 0]; position < size; turn ^= 1) {
        const piece = (pieces[turn] ??= Buffer.allocUnsafeSlow(Math.min(pieceBytes, size)));
        const wanted = Math.min(piece.length, size - position);
        const { bytesRead } = await readSource(handle, file, piece, wanted, position);
        if (bytesRead === 0) throw fileBecameShorter(file, size);
        position += bytesRead;
        // The next one is read while this one is sent.
        await writing;
        writing = write(piece.subarray(0, bytesRead)).then(() => {
          if (attempt !== this.#takenBack) return;
          this.#told += bytesRead;
          onProgress?.(bytesRead);
        });
        writing.catch(() => undefined);
      }
      await writing;
    } finally {
      await handle.close();
    }
  }

  /** The request failed: takes back what `onProgress` was told of it, and tells nothing more. */
  takeBack(): void {
    if (this.#told > 0) this.#file.onProgress?.(-this.#told);
    this.#told = 0;
    this.#takenBack++;
  }

  override _read(): void {
    this.destroy(new Error('a file that is to be sent is not read as a stream'));
  }
}
