import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
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
  // Second requests for late answers would be counted as well.
  const options = { endpointUrl: endpoint, region: 'us-east-1', retries, hedge: false };
  const store = await openStore('s3://bucket/p', options);
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

  it('does not ask again where the request itself is refused, and says what the server said', async () => {
    for (const [status, name] of [
      [302, 'Found'],
      [400, 'InvalidRequest'],
      [405, 'MethodNotAllowed'],
      [501, 'NotImplemented'],
    ] as const) {
      let asked = 0;
      const store = await storeAt((_, response) => {
        asked++;
        s3Error(response, status, name);
      }, 3);
      await expect(store.get('x'), name).rejects.toMatchObject({
        code: ErrorCode.storeRefused,
        message: `s3://bucket/p/x failed: ${name}: text of ${name} (HTTP ${status})`,
      });
      expect(asked).toBe(1);
    }
    const throttled = await storeAt((_, response) => s3Error(response, 400, 'ThrottlingException'));
    await expect(throttled.get('x')).rejects.toMatchObject({ code: ErrorCode.storeUnavailable });
  });

  it('says that a page of a proxy is none of S3', async () => {
    const store = await storeAt((_, response) => {
      response.statusCode = 502;
      response.end('<html><h1>Bad Gateway<br></html>');
    });
    await expect(store.get('x')).rejects.toMatchObject({
      code: ErrorCode.storeUnavailable,
      message: 's3://bucket/p/x failed: the answer is none of S3 (HTTP 502)',
    });
  });

  it('says for which profile no credentials were found', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_PROFILE', '');
    const profile = 'nosuch';
    const store = await openStore('s3://bucket/p', { endpointUrl: 'http://127.0.0.1:1', profile });
    await expect(store.get('x')).rejects.toMatchObject({
      code: ErrorCode.storeDenied,
      message: 's3://bucket/p/x cannot be asked for: no credentials were found for the profile nosuch',
    });
    await store.close();
    vi.unstubAllEnvs();
  });

  it('tells a listing that is not found from an object that is not', async () => {
    const store = await storeAt((_, response) => {
      response.statusCode = 404;
      response.end('<html>Not Found</html>');
    });
    await expect(collect(store.list(''))).rejects.toMatchObject({ code: ErrorCode.storeNoBucket });
    await expect(store.get('x')).rejects.toMatchObject({ code: ErrorCode.storeNotFound });
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

  it('takes no listing for whole that is not, and no key for its own that is not', async () => {
    const page = (inner: string): string =>
      `<ListBucketResult><Name>bucket</Name><EncodingType>url</EncodingType>${inner}</ListBucketResult>`;
    const more = '<IsTruncated>true</IsTruncated>';
    const key = (name: string): string => `<Contents><Key>${name}</Key><Size>1</Size></Contents>`;
    for (const inner of [
      more + key('p/a'),
      `${more}<NextContinuationToken>t</NextContinuationToken>${key('p/a')}`,
      `<IsTruncated>false</IsTruncated>${key('other/a')}`,
      `<IsTruncated>false</IsTruncated>${key('p/%zz')}`,
    ]) {
      let requests = 0;
      const store = await storeAt((_, response, n) => {
        requests = n;
        response.end(page(inner));
      }, 3);
      await expect(collect(store.list('')), inner).rejects.toMatchObject({ code: ErrorCode.storeDamaged });
      expect(requests).toBeLessThanOrEqual(2);
    }
  });

  it('trusts nothing of a body that is longer than announced', async () => {
    const store = await storeAt((_, response) => {
      const { socket } = response;
      const head =
        'HTTP/1.1 200 OK\r\netag: "tag"\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n';
      socket?.end(`${head}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`);
    });
    await expect(store.get('x')).rejects.toMatchObject({
      code: ErrorCode.storeDamaged,
      message: 's3://bucket/p/x came longer than announced',
    });
  });

  it('names a credential that no header can hold, and asks nothing', async () => {
    let requests = 0;
    process.env['AWS_SESSION_TOKEN'] = 'token\n';
    try {
      const store = await storeAt((_, __, n) => (requests = n), 3);
      const failure = store.get('x');
      await expect(failure).rejects.toMatchObject({ code: ErrorCode.storeDenied });
      await expect(failure).rejects.not.toThrow('token\n');
    } finally {
      delete process.env['AWS_SESSION_TOKEN'];
    }
    expect(requests).toBe(0);
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

describe('a file that goes to S3', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mongoq-s3-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function fileOf(size: number): Promise<string> {
    const file = path.join(folder, `f${size}`);
    await writeFile(file, Buffer.alloc(size));
    return file;
  }

  it('counts as sent once, however often it is', async () => {
    const size = 3 << 20;
    const store = await storeAt((request, response, n) => {
      // Answered after all of it, before any of it, in the middle.
      if (n === 2) s3Error(response, 503, 'SlowDown');
      else if (n === 3) request.once('data', () => request.socket.destroy());
      else request.on('end', () => (n === 1 ? s3Error(response, 503, 'SlowDown') : response.end()));
    }, 5);
    let [told, least] = [0, 0];
    const onProgress = (bytes: number): void => {
      told += bytes;
      least = Math.min(least, told);
    };
    await store.put('x', { file: await fileOf(size), size, onProgress });
    expect([told, least]).toEqual([size, 0]);
  });

  it('is opened before anything is begun there', async () => {
    let requests = 0;
    const store = await storeAt((request, response, n) => {
      requests = n;
      request.on('end', () => response.end());
    }, 3);
    const file = path.join(folder, 'missing');
    for (const size of [100, 20 << 20])
      await expect(store.put('x', { file, size })).rejects.toMatchObject({
        code: ErrorCode.storeNotFound,
        message: `${file} does not exist`,
      });
    expect(requests).toBeLessThanOrEqual(1);
  });

  it('is given up at once when a part of it is refused', async () => {
    const size = 20 << 20;
    const { endpoint, stop } = await startS3Server((request, response) => {
      const part = new URL(request.url ?? '', 'http://h').searchParams.get('partNumber');
      if (request.method === 'POST')
        response.end('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
      else if (part === null) response.writeHead(204).end();
      // The others wait for their answers.
      else if (part === '3') request.on('end', () => s3Error(response, 403, 'AccessDenied'));
    });
    let pauses = 0;
    const sleep = (): Promise<void> => {
      pauses++;
      return Promise.resolve();
    };
    const store = new S3Store({
      ...(await createS3Client({ endpointUrl: endpoint, region: 'us-east-1' })),
      bucket: 'bucket',
      prefix: 'p',
      roots: [''],
      partRetries: { retries: 3, baseMs: 1, capMs: 1, sleep },
    });
    stops.push(() => store.close(), stop);
    const put = store.put('x', { file: await fileOf(size), size });
    await expect(put).rejects.toMatchObject({ code: ErrorCode.storeDenied });
    expect(pauses).toBe(0);
  });

  it('is there if the answer that said so was lost', async () => {
    const md5s: Buffer[] = [];
    const seen: string[] = [];
    for (const isOurs of [true, false]) {
      seen.length = 0;
      let completed = false;
      const store = await storeAt((request, response) => {
        const { searchParams: query } = new URL(request.url ?? '', 'http://h');
        const kind = `${request.method} ${query.has('uploads') ? 'uploads' : query.has('partNumber') ? 'part' : ''}`;
        if (seen.at(-1) !== kind) seen.push(kind);
        if (kind === 'POST uploads')
          response.end(
            '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>',
          );
        else if (kind === 'PUT part') {
          const hash = createHash('md5');
          request.on('data', (bytes: Buffer) => hash.update(bytes));
          request.on('end', () => {
            const md5 = hash.digest();
            md5s[Number(query.get('partNumber')) - 1] = md5;
            response.writeHead(200, { etag: `"${md5.toString('hex')}"` }).end();
          });
        } else if (kind === 'HEAD ') {
          const whole = createHash('md5').update(Buffer.concat(md5s)).digest('hex');
          response.writeHead(200, { 'content-length': 20 << 20, etag: isOurs ? `"${whole}-3"` : '"other"' });
          response.end();
        } else if (request.method === 'DELETE') response.writeHead(204).end();
        else if (completed) s3Error(response, 404, 'NoSuchUpload');
        else {
          completed = true;
          request.socket.destroy();
        }
      }, 3);
      const size = 20 << 20;
      const put = store.put('x', { file: await fileOf(size), size });
      if (isOurs)
        await expect(put).resolves.toMatchObject({ etag: expect.stringMatching(/^[0-9a-f]{32}-3$/) });
      else await expect(put).rejects.toMatchObject({ code: ErrorCode.storeNotFound });
      expect(seen).toEqual(['POST uploads', 'PUT part', 'POST ', 'HEAD ', ...(isOurs ? [] : ['DELETE '])]);
    }
  });
});
