import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryStore } from '../store/memory.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { fetchParts } from './fetch-parts.ts';
import { Permits } from '../base/permits.ts';
import { wrapStore } from '../store/wrap-store.ts';

const { signal } = new AbortController();
/** Five parts, the last of which ends within a block. */
const size = 40_000_001;
const content = Buffer.from(Uint32Array.from({ length: Math.ceil(size / 4) }, (_, i) => i).buffer).subarray(
  0,
  size,
);

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-parts-'));
  file = path.join(folder, 'file');
});
afterEach(() => rm(folder, { recursive: true }));

async function fetched(
  store: ObjectStore,
  length: number,
): Promise<{ bytes: number; answered: number; written: number[] }> {
  const handle = await open(file, 'w');
  const seen = { bytes: 0, answered: 0, written: [] as number[] };
  try {
    await fetchParts(store, { key: 'key', size: length }, handle, {
      partBytes: 8 << 20,
      permits: new Permits(2),
      signal,
      onBytes: (count) => (seen.bytes += count),
      onAnswered: () => seen.answered++,
      onWritten: (end) => seen.written.push(end),
    });
  } finally {
    await handle.close();
  }
  return seen;
}

/** A store that gives half of what is asked for in pieces of odd sizes, as a connection does. */
function inPieces(inner: ObjectStore): ObjectStore {
  return wrapStore(inner, {
    getWithInfo: async (key, { onPart, room, ...options } = {}) => {
      const { bytes, info } = await inner.getWithInfo(key, options);
      let done = 0;
      for (let place = room?.(); done < bytes.length / 2; place = done % 3 === 0 ? undefined : room?.()) {
        // Valid during the call only, unless it is the reader's own.
        const piece = place?.subarray(0, 65_521) ?? Buffer.alloc(65_521);
        const filled = bytes.copy(piece, 0, done);
        onPart?.(piece.subarray(0, filled), info);
        if (!place) piece.fill(0);
        done += filled;
      }
      return { bytes: bytes.subarray(done), info };
    },
  });
}

it.each([0, 1, 1 << 20, size])(
  'writes an object of %i bytes, and says how far it is there',
  async (length) => {
    const store = new MemoryStore();
    await store.put('key', content.subarray(0, length));
    for (const each of [store, inPieces(store)]) {
      const { bytes, answered, written } = await fetched(each, length);
      expect((await readFile(file)).equals(content.subarray(0, length))).toBe(true);
      expect(bytes).toBe(length);
      expect(answered).toBe(1);
      expect(written).toEqual(written.toSorted((a, b) => a - b));
      expect(written.at(-1)).toBe(length);
      // Also while a part comes.
      expect(written.length).toBeGreaterThan(length / (2 << 20));
    }
  },
);

it('refuses an object of another size, and one that is replaced meanwhile', async () => {
  const store = new MemoryStore();
  await store.put('key', Buffer.alloc(7));
  for (const wrong of [0, 6, size])
    await expect(fetched(store, wrong)).rejects.toMatchObject({ code: 'STORE-005' });
  await store.put('key', content);
  let reads = 0;
  const replaced = wrapStore(store, {
    getWithInfo: async (key, options) => {
      const answer = await store.getWithInfo(key, options);
      if (++reads === 2) await store.put('key', Buffer.alloc(size, 'new'));
      return answer;
    },
  });
  await expect(fetched(replaced, size)).rejects.toMatchObject({ code: 'STORE-002' });
});
