import type { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { BrokenBody } from './broken-body.ts';
import type { IdleWatch } from './idle-watch.ts';
import type { ByteRange, ObjectInfo } from './object-store.ts';
import { endsBefore } from './range.ts';

/** S3's ETag without its quotes (a weak one stays as it is). */
export function bareEtag(etag: string | undefined): string {
  return (etag ?? '').replace(/^"(.*)"$/, '$1');
}

/**
 * What a GET's headers say of the object, and how many bytes of body follow. Throws where the answer is not the range
 * that was asked for: storeDamaged if the object ends before it, storeUnavailable if the server does not do ranges.
 */
export function announced(
  answer: GetObjectCommandOutput,
  key: string,
  name: string,
  range: ByteRange | undefined,
): { info: ObjectInfo; length: number } {
  const length = answer.ContentLength;
  const modified = answer.LastModified ?? new Date(0);
  if (length === undefined) {
    throw new MongoqError(ErrorCode.storeUnavailable, `${name} came without a length`);
  }
  const sent = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answer.ContentRange ?? '');
  const size = sent ? Number(sent[3]) : length;
  const info: ObjectInfo = { key, size, etag: bareEtag(answer.ETag), modified };
  if (!range) return { info, length };
  if (range.end > size) throw endsBefore(name, range, size);
  const start = sent ? Number(sent[1]) : 0;
  if (start !== range.start || length !== range.end - range.start) {
    throw new MongoqError(
      ErrorCode.storeUnavailable,
      `${name} came as other bytes than ${range.start} to ${range.end}, which were asked for`,
      { hint: 'The endpoint, or a proxy before it, does not serve ranges.' },
    );
  }
  return { info, length };
}

/** The whole body, or a BrokenBody with what arrived of it; after an abort, the signal's reason. */
export async function readBody(
  body: Readable,
  { info, length }: { info: ObjectInfo; length: number },
  name: string,
  watch: IdleWatch,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let done = 0;
  const stop = () => body.destroy();
  watch.signal.addEventListener('abort', stop, { once: true });
  let cause: unknown;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      watch.touch();
      if (done + chunk.length > length) {
        throw new BrokenBody(`${name} came longer than announced`, Buffer.alloc(0), info);
      }
      done += chunk.copy(bytes, done);
    }
  } catch (error) {
    if (error instanceof BrokenBody) throw error;
    cause = error;
  } finally {
    watch.signal.removeEventListener('abort', stop);
  }
  if (done === length) return bytes;
  const why = watch.signal.aborted
    ? messageOf(watch.signal.reason)
    : messageOf(cause ?? 'the connection ended');
  throw new BrokenBody(
    `${name} broke off after ${done} of ${length} bytes: ${why}`,
    bytes.subarray(0, done),
    info,
    cause,
  );
}
