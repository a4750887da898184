import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileBecameShorter } from './directory-files.ts';
import type { FileBody } from './object-store.ts';

/** Bytes that are read and sent at a time. */
const pieceBytes = 1 << 20;

/**
 * A local file as the body of a request. The SDK takes only a stream, and this one is never read as such: http/connection.ts
 * has it send itself, from memory that is used again. Two pieces of a file are in memory at a time.
 */
export class FileStream extends Readable {
  readonly #file: FileBody;

  constructor(file: FileBody) {
    super();
    this.#file = file;
  }

  /**
   * Gives the file's bytes in order to `write`, which resolves when it needs a piece no more. Throws storeChanged if the
   * file has become shorter, and what `write` throws.
   */
  async sendTo(write: (bytes: Buffer) => Promise<void>): Promise<void> {
    const { file, size, onProgress } = this.#file;
    const handle = await open(file);
    const memory = [Buffer.allocUnsafeSlow(Math.min(pieceBytes, size)), Buffer.alloc(0)];
    let sent = 0;
    let writing = Promise.resolve();
    try {
      for (let position = 0; position < size;) {
        const [piece = Buffer.alloc(0), other = Buffer.alloc(0)] = memory;
        const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, size - position), position);
        if (bytesRead === 0) throw fileBecameShorter(file, size);
        position += bytesRead;
        // The next one is read while this one is sent.
        await writing;
        writing = write(piece.subarray(0, bytesRead)).then(() => {
          sent += bytesRead;
          onProgress?.(bytesRead);
        });
        writing.catch(() => undefined);
        memory.splice(0, 2, other.length > 0 ? other : Buffer.allocUnsafeSlow(piece.length), piece);
      }
      await writing;
    } catch (error) {
      if (sent > 0) onProgress?.(-sent);
      throw error;
    } finally {
      await handle.close();
    }
  }

  override _read(): void {
    this.destroy(new Error('a file that is to be sent is not read as a stream'));
  }
}
