import { beforeAll, describe, expect, it } from 'vitest';
import { recordedBackups } from '../support/contents.ts';
import { copyToS3 } from '../support/copy-to-s3.ts';
import { isolatedEnv, serve } from '../support/mongoq.ts';
import { readContents } from '../support/read-contents.ts';
import { notHere } from '../support/stores.ts';
import { noGateway, useGateway } from '../support/s3.ts';

describe('serve gives the driver what the real mongod held', () => {
  for (const { replica, backup, store, contents } of recordedBackups()) {
    it(`${replica} backup ${backup}`, async ({ skip }) => {
      if (store === undefined) return skip(notHere);
      const served = await serve(['--store', store, '-r', replica, '-i', backup, '--engine', 'builtin']);
      try {
        expect(await readContents(served.uri)).toEqual(contents());
      } finally {
        expect(await served.stop()).toBe(0);
      }
    });
  }
});

describe.skipIf(noGateway)('serve gives the same from S3', () => {
  /** Of each store that is needed, the bucket that it was copied to. */
  const copies = new Map<string, string>();
  // `busy` has documents in its write-ahead log alone.
  const chosen = recordedBackups().filter(({ replica, backup }) =>
    ['rs0-a-0', 'rs1-b-3', 'busy-0'].includes(`${replica}-${backup}`),
  );
  let variables: Record<string, string>;

  beforeAll(async () => {
    variables = useGateway();
    for (const { store } of chosen) {
      if (store !== undefined && !copies.has(store)) copies.set(store, await copyToS3(store));
    }
  });

  it.each(chosen)('$replica backup $backup', async ({ replica, backup, store, contents }) => {
    const url = copies.get(store!)!;
    const args = ['--store', url, '-r', replica, '-i', backup, '--engine', 'builtin'];
    const served = await serve(args, isolatedEnv(variables));
    try {
      expect(await readContents(served.uri)).toEqual(contents());
    } finally {
      expect(await served.stop()).toBe(0);
    }
  });
});
