import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { newStoreCounts } from '../../src/store/count.ts';
import { openStore } from '../../src/store/open-store.ts';
import { describeObjectStore } from '../support/object-store-contract.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { gatewayClient, gatewayEndpoint, newBucket, noGateway, useGateway } from '../support/s3.ts';

describe.skipIf(noGateway)('S3', () => {
  if (!noGateway) useGateway();
  const sizes = { large: 20_000_000, listed: 1100 };

  describeObjectStore('a prefix', async () => openStore(`s3://${await newBucket()}/some/prefix`), sizes);
  describeObjectStore('a whole bucket', async () =>
    openStore(`s3://${await newBucket()}`, { counts: newStoreCounts() }),
  );

  it('names the bucket that does not exist', async () => {
    const store = await openStore('s3://no-such-bucket-here/p');
    const expected = {
      code: ErrorCode.storeNoBucket,
      message: expect.stringContaining('no-such-bucket-here'),
    };
    await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject(expected);
    await expect(store.get('x')).rejects.toMatchObject(expected);
    await expect(store.put('x', Buffer.from('x'))).rejects.toMatchObject(expected);
    await store.close();
  });

  it('says that credentials are wrong', async () => {
    const bucket = await newBucket();
    for (const variables of [
      { AWS_ACCESS_KEY_ID: 'nobody' },
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
    ]) {
      Object.assign(process.env, variables);
      try {
        const store = await openStore(`s3://${bucket}/p`);
        await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({
          code: ErrorCode.storeDenied,
          hint: expect.stringContaining('AWS_ACCESS_KEY_ID'),
        });
        await expect(store.head('x')).rejects.toMatchObject({ code: ErrorCode.storeDenied });
        await store.close();
      } finally {
        useGateway();
      }
    }
  });

  it('says that nothing listens at the endpoint', async () => {
    const store = await openStore('s3://bucket/p', { endpointUrl: 'http://127.0.0.1:1', retries: 1 });
    await expect(store.get('x')).rejects.toMatchObject({
      code: ErrorCode.storeUnavailable,
      message: expect.stringMatching(
        /^s3:\/\/bucket\/p\/x cannot be reached: .*ECONNREFUSED.* \(2 attempts\)$/,
      ),
      hint: expect.stringContaining('endpoint'),
    });
    await store.close();
  });

  it('reaches both spellings of an empty prefix', async () => {
    const store = await openStore(`s3://${await newBucket()}`);
    expect(store.roots).toEqual(['', '/']);
    await store.put('metadata/a/0_1.json', Buffer.from('plain'));
    await store.put('/metadata/b/0_1.json', Buffer.from('slash'));
    const found: string[] = [];
    for (const root of store.roots) {
      for await (const { key } of store.list(`${root}metadata/`))
        found.push(`${key} ${String(await store.get(key))}`);
    }
    expect(found).toEqual(['metadata/a/0_1.json plain', '/metadata/b/0_1.json slash']);
    await store.close();
  });

  it('puts large files through a slow link', async () => {
    // With the SDK's "Expect: 100-continue", Ceph hangs up on puts of 2 MiB and more when answers take a while.
    const proxy = await startDelayProxy({
      targetPort: Number(new URL(gatewayEndpoint()).port),
      latencyMs: 30,
    });
    const endpointUrl = `http://127.0.0.1:${proxy.port}`;
    const store = await openStore(`s3://${await newBucket()}/p`, { endpointUrl, retries: 0 });
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-upload-'));
    for (const size of [3_000_000, 20_000_000]) {
      const file = path.join(directory, `f${size}`);
      const bytes = randomBytes(size);
      await writeFile(file, bytes);
      await store.put('x', { file, size });
      expect((await store.get('x')).equals(bytes)).toBe(true);
    }
    await store.close();
    await proxy.stop();
    await rm(directory, { recursive: true });
  });

  it('leaves no part of an upload that was aborted', async () => {
    const bucket = await newBucket();
    const store = await openStore(`s3://${bucket}/p`);
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-upload-'));
    const file = path.join(directory, 'file');
    const size = 40_000_000;
    await writeFile(file, randomBytes(size));
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => controller.abort(reason);
    const upload = store.put('x', { file, size, onProgress }, { signal: controller.signal });
    await expect(upload).rejects.toBe(reason);
    const client = gatewayClient();
    const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads ?? []).toEqual([]);
    client.destroy();
    await store.close();
    await rm(directory, { recursive: true });
  });
});
