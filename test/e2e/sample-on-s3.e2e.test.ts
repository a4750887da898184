import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BlockReader } from '../../src/blocks/block-reader.ts';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { newStoreCounts } from '../../src/store/count.ts';
import type { ObjectInfo, ObjectStore } from '../../src/store/object-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { collect } from '../support/collect.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { gatewayEndpoint, newBucket, noGateway, useGateway } from '../support/s3.ts';

const sample = path.join(import.meta.dirname, '../../sample');

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Key and size: versions differ from store to store. */
function plain(infos: ObjectInfo[]): { key: string; size: number }[] {
  return infos.map(({ key, size }) => ({ key, size }));
}

/** Reads a whole object in pieces of `piece` bytes, `atATime` at a time. */
async function readInPieces(
  reader: BlockReader,
  object: { key: string; size: number },
  piece: number,
  atATime: number,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let start = 0; start < object.size; start += piece * atATime) {
    const starts = Array.from({ length: atATime }, (_, i) => start + i * piece).filter(
      (at) => at < object.size,
    );
    pieces.push(
      ...(await Promise.all(
        starts.map((at) => reader.read(object, { start: at, end: Math.min(object.size, at + piece) })),
      )),
    );
  }
  return Buffer.concat(pieces);
}

describe.skipIf(noGateway)('the sample store on S3', () => {
  let url: string;
  let directory: ObjectStore;
  let objects: { key: string; size: number }[];
  let hashes: Map<string, string>;
  let cache: string;

  beforeAll(async () => {
    useGateway();
    cache = await mkdtemp(path.join(tmpdir(), 'mongoq-e2e-cache-'));
    url = `s3://${await newBucket()}/backups`;
    directory = await openStore(sample);
    objects = plain(await collect(directory.list('')));
    hashes = new Map();
    const store = await openStore(url);
    await Promise.all(
      objects.map(async ({ key, size }) => {
        hashes.set(key, sha256(await directory.get(key)));
        await store.put(key, { file: path.join(sample, key), size });
      }),
    );
    await store.close();
  });
  afterAll(() => rm(cache, { recursive: true, force: true }));

  it('lists as the directory does', async () => {
    const store = await openStore(url);
    expect(plain(await collect(store.list('')))).toEqual(objects);
    for (const prefix of ['', 'metadata/', 'rs0-a/', 'file_metadata/rs0']) {
      expect(await collect(store.listFolders(prefix))).toEqual(await collect(directory.listFolders(prefix)));
    }
    await store.close();
  });

  it('reads back byte for byte, and from the disk cache alone the second time', async () => {
    const store = await openStore(url);
    for (const [round, piece] of [16 * 1024, 100_003].entries()) {
      const reader = createBlockReader(store, { diskCache: { directory: cache } });
      for (const object of objects) {
        expect(sha256(await readInPieces(reader, object, piece, 8)), object.key).toBe(hashes.get(object.key));
      }
      const bytes = objects.reduce((sum, { size }) => sum + size, 0);
      if (round === 0) expect(reader.counts.bytesFetched).toBe(bytes);
      else expect(reader.counts.requests).toBe(0);
      await reader.close();
    }
    expect((await readdir(cache)).length).toBeGreaterThan(0);
    await store.close();
  });

  it('takes few requests through a slow link', async () => {
    const proxy = await startDelayProxy({
      targetPort: Number(new URL(gatewayEndpoint()).port),
      latencyMs: 10,
      bytesPerSecond: 50e6,
    });
    const counts = newStoreCounts();
    const store = await openStore(url, { endpointUrl: `http://127.0.0.1:${proxy.port}`, counts });
    const reader = createBlockReader(store);
    const largest = objects.reduce((a, b) => (b.size > a.size ? b : a));
    const read = readInPieces(reader, largest, 16 * 1024, 1);
    reader.prefetch(largest, [{ start: 0, end: largest.size }]);
    expect(sha256(await read)).toBe(hashes.get(largest.key));
    // The block that was asked for first, and the rest in pieces of a megabyte.
    const pieces = 1 + Math.ceil(largest.size / 2 ** 20);
    expect(counts.get).toBeLessThanOrEqual(pieces);
    expect(proxy.counts.requests).toBe(counts.get);
    expect(proxy.counts.bytesDown).toBeLessThan(largest.size + 2000 * pieces);
    expect(counts.depth).toBeLessThanOrEqual(2);
    await store.close();
    await proxy.stop();
  });
});
