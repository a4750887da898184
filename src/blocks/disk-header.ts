import { hash, randomUUID } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';

/** Bytes of a cache file before its first slot. */
export const headerBytes = 4096;

const checksumLength = 64;

/** The name of a header that is being written; disk-space.ts removes those that were left. */
export const unfinishedSuffix = '.new';

/** The beginning of a cache file: a checksum in hex, then JSON `[identity, etag]`, filled up with spaces. */
export class DiskHeader {
  readonly #identity: string;

  constructor(identity: string) {
    this.#identity = identity;
  }

  /** The etag, if `bytes` are the header of this object's file. */
  read(bytes: Buffer): string | undefined {
    const text = bytes.toString('utf8');
    const body = text.slice(checksumLength);
    if (text.slice(0, checksumLength) !== hash('sha256', body)) return undefined;
    const [identity, etag] = JSON.parse(body) as [string, string];
    return identity === this.#identity ? etag : undefined;
  }

  /** Puts a new file in the place of `file`, with a header only. */
  async create(file: string, etag: string): Promise<void> {
    const json = JSON.stringify([this.#identity, etag]);
    const body = json + ' '.repeat(headerBytes - checksumLength - Buffer.byteLength(json));
    const unfinished = `${file}-${randomUUID()}${unfinishedSuffix}`;
    try {
      await writeFile(unfinished, hash('sha256', body) + body, { flag: 'wx', mode: 0o600 });
      await rename(unfinished, file);
    } catch (error) {
      await unlink(unfinished).catch(() => undefined);
      throw error;
    }
  }
}
