import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes that are read of a file at a time to compute its MD5. */
const pieceSize = 1 << 20;

/** The MD5 (16 bytes) of a local file, of which one piece is read while the one before is computed. */
export async function md5Of(file: string, signal?: AbortSignal): Promise<Buffer> {
  const hash = createHash('md5');
  const handle = await open(file);
  try {
    let [piece, next] = [Buffer.allocUnsafeSlow(pieceSize), Buffer.allocUnsafeSlow(pieceSize)];
    for (let reading = handle.read(piece); ;) {
      const { bytesRead } = await reading;
      signal?.throwIfAborted();
      if (bytesRead === 0) return hash.digest();
      reading = handle.read(next);
      hash.update(piece.subarray(0, bytesRead));
      [piece, next] = [next, piece];
    }
  } finally {
    await handle.close();
  }
}
