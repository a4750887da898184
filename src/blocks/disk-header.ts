import { hash, randomUUID } from 'node:crypto';
import { link, rename, unlink, writeFile } from 'node:fs/promises';

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

  /**
   * Makes `file`, with a header only. Where there is one: `replace` puts the new one in its place, else the old one
   * stays, since another process may just have made it and begun to fill it.
   */
  async create(file: string, etag: string, replace: boolean): Promise<void> {
    const json = JSON.stringify([this.#identity, etag]);
    const body = json + ' '.repeat(headerBytes - checksumLength - Buffer.byteLength(json));
    const unfinished = `${file}-${randomUUID()}${unfinishedSuffix}`;
    try {
      await writeFile(unfinished, hash('sha256', body) + body, { flag: 'wx', mode: 0o600 });
      if (replace) await rename(unfinished, file);
      else await link(unfinished, file).catch(unlessExists);
    } finally {
      await unlink(unfinished).catch(() => undefined);
    }
  }
}

function unlessExists(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
