import { randomBytes } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { MongoqError } from '../../src/base/errors.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { createS3Client } from '../../src/store/s3-client.ts';
import { S3Store } from '../../src/store/s3.ts';
import { collect } from '../support/collect.ts';
import { s3Error, sendObject, startS3Server, type Answer } from '../support/s3-server.ts';

const bytes = randomBytes(200_000);
const stops: (() => Promise<void>)[] = [];

beforeAll(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function storeAt(answer: Answer, retries = 0): Promise<ObjectStore> {
  const { endpoint, stop } = await startS3Server(answer);
  const store = await openStore('s3://bucket/p', { endpointUrl: endpoint, region: 'us-east-1', retries });
  stops.push(() => store.close(), stop);
  return store;
}

describe('S3', () => {
  it('sends what it should', async () => {
    const seen: unknown[] = [];
    const store = await storeAt((request, response) => {
      seen.push([request.method, request.url, request.headers.range, request.headers['if-match']]);
      sendObject(request, response, bytes);
    });
    const read = await store.get('R/a b%+ü', { range: { start: 5, end: 10 }, ifMatch: 'tag' });
    expect(read.equals(bytes.subarray(5, 10))).toBe(true);
    expect(seen).toEqual([['GET', '/bucket/p/R/a%20b%25%2B%C3%BC?x-id=GetObject', 'bytes=5-9', '"tag"']]);
  });

  it('goes on after a reset, a 503 and a body that broke off', async () => {
    const ranges: unknown[] = [];
    const store = await storeAt((request, response, n) => {
      ranges.push(request.headers.range);
      if (n === 1) request.socket.destroy();
      else if (n === 2) s3Error(response, 503, 'SlowDown');
      else if (n === 3) sendObject(request, response, bytes, 70_000);
      else sendObject(request, response, bytes);
    }, 5);
    expect((await store.get('x')).equals(bytes)).toBe(true);
    expect(ranges).toEqual([undefined, undefined, undefined, 'bytes=70000-199999']);
  });

  it('gives parts as they arrive, none of them twice, and stops where the taker throws', async () => {
    const store = await storeAt(
      (request, response, n) => sendObject(request, response, bytes, n === 1 ? 70_000 : undefined),
      5,
    );
    const parts: Buffer[] = [];
    const { bytes: rest } = await store.getWithInfo('x', { onPart: (part) => parts.push(Buffer.from(part)) });
    expect(parts.length).toBeGreaterThan(1);
    expect(rest).toHaveLength(0);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    const enough = new MongoqError(ErrorCode.storeChanged, 'enough');
    const onPart = (): never => {
      throw enough;
    };
    await expect(store.getWithInfo('x', { onPart })).rejects.toBe(enough);
  });

  it('names what is wrong', async () => {
    for (const [status, name, code] of [
      [503, 'SlowDown', ErrorCode.storeUnavailable],
      [500, 'InternalError', ErrorCode.storeUnavailable],
      [429, 'TooManyRequests', ErrorCode.storeUnavailable],
      [400, 'RequestTimeout', ErrorCode.storeUnavailable],
      [403, 'AccessDenied', ErrorCode.storeDenied],
      [403, 'RequestTimeTooSkewed', ErrorCode.storeDenied],
      [403, 'InvalidObjectState', ErrorCode.storeDenied],
      [400, 'ExpiredToken', ErrorCode.storeDenied],
      [404, 'NoSuchKey', ErrorCode.storeNotFound],
      [404, 'NoSuchBucket', ErrorCode.storeNoBucket],
      [301, 'PermanentRedirect', ErrorCode.storeNoBucket],
      [412, 'PreconditionFailed', ErrorCode.storeChanged],
      [416, 'InvalidRange', ErrorCode.storeDamaged],
    ] as const) {
      const store = await storeAt((_, response) => s3Error(response, status, name));
      await expect(store.get('x'), name).rejects.toMatchObject({
        code,
        message: expect.stringMatching(/^s3:\/\/bucket\/p\/x .*[a-z0-9)]$/),
      });
    }
    const conflict = await storeAt((_, response) => s3Error(response, 409, 'ConditionalRequestConflict'));
    await expect(conflict.put('x', bytes, { ifAbsent: true })).rejects.toMatchObject({
      code: ErrorCode.storeConflict,
    });
  });

  it('does not take something else for S3', async () => {
    const page = await storeAt((_, response) => response.end('<html>Welcome</html>'));
    await expect(collect(page.list(''))).rejects.toMatchObject({
      code: ErrorCode.storeUnavailable,
      hint: expect.stringContaining('endpoint'),
    });
    const ignoring = await storeAt((request, response) => {
      delete request.headers.range;
      sendObject(request, response, bytes);
    });
    await expect(ignoring.get('x', { range: { start: 5, end: 10 } })).rejects.toMatchObject({
      code: ErrorCode.storeUnavailable,
      hint: expect.stringContaining('ranges'),
    });
  });

  it('sees that an object is shorter than the range', async () => {
    const store = await storeAt((request, response) => sendObject(request, response, bytes), 3);
    await expect(store.get('x', { range: { start: 199_990, end: 200_010 } })).rejects.toMatchObject({
      code: ErrorCode.storeDamaged,
      message:
        's3://bucket/p/x ends at byte 200000 before the bytes 199990 to 200010 that were expected in it',
    });
  });

  it('gives up a server that falls silent, in the head or in the body', async () => {
    for (const sent of [undefined, 1000]) {
      const { endpoint, stop } = await startS3Server((_, response) => {
        if (sent === undefined) return;
        response.writeHead(200, { etag: '"tag"', 'content-length': bytes.length });
        response.write(bytes.subarray(0, sent));
      });
      const store = new S3Store({
        ...(await createS3Client({ endpointUrl: endpoint, region: 'us-east-1' })),
        bucket: 'bucket',
        prefix: '',
        roots: [''],
        idleMs: 500,
      });
      stops.push(() => store.close(), stop);
      await expect(store.get('x')).rejects.toMatchObject({
        code: sent === undefined ? ErrorCode.storeUnavailable : ErrorCode.storeDamaged,
        message: expect.stringContaining('sent nothing for 0.5 s'),
      });
    }
  });

  it('ends at once when it is aborted, waiting or in the middle of a body', async () => {
    const reason = new Error('enough');
    for (const sent of [undefined, 1000]) {
      const controller = new AbortController();
      let closed: Promise<unknown> = Promise.resolve();
      const store = await storeAt((_, response) => {
        closed = new Promise((resolve) => response.on('close', resolve));
        if (sent !== undefined) {
          response.writeHead(200, { etag: '"tag"', 'content-length': bytes.length });
          response.write(bytes.subarray(0, sent));
        }
        setTimeout(() => controller.abort(reason), 20);
      }, 5);
      await expect(store.get('x', { signal: controller.signal })).rejects.toBe(reason);
      await closed;
    }
  });
});
