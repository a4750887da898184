import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { BrokenBody } from './broken-body.ts';
import type { ResponseBody } from './http/response-body.ts';
import type { IdleWatch } from './idle-watch.ts';
import type { ByteRange, GetOptions, ObjectInfo } from './object-store.ts';
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

/**
 * The body, as far as `onPart` does not take it. Throws a BrokenBody with what arrived of it, or with nothing if more
 * came than was announced; what `onPart` throws is thrown as it is.
 */
export async function readBody(
  body: ResponseBody,
  { info, length }: { info: ObjectInfo; length: number },
  name: string,
  options: { watch: IdleWatch } & Pick<GetOptions, 'onPart' | 'room'>,
): Promise<Buffer> {
  const { watch, onPart, room } = options;
  const bytes = Buffer.allocUnsafeSlow(onPart ? 0 : length);
  let done = 0;
  const brokenOff = (why: string, cause?: unknown): BrokenBody => {
    const message = `${name} broke off after ${done} of ${length} bytes: ${why}`;
    return new BrokenBody(message, bytes.subarray(0, done), info, { cause, delivered: onPart ? done : 0 });
  };
  const stop = () => body.destroy();
  watch.signal.addEventListener('abort', stop, { once: true });
  if (watch.signal.aborted) stop();
  try {
    const take = (chunk: Buffer): void => {
      watch.touch();
      if (done + chunk.length > length) {
        const delivered = onPart ? done : 0;
        throw new BrokenBody(`${name} came longer than announced`, Buffer.alloc(0), info, { delivered });
      }
      if (onPart) giveTo(onPart, chunk, info);
      else if (chunk.buffer !== bytes.buffer) chunk.copy(bytes, done);
      done += chunk.length;
    };
    await body.drain(take, onPart ? room : () => bytes.subarray(done));
  } catch (error) {
    if (error instanceof Taken) throw error.cause;
    if (error instanceof BrokenBody) throw error;
    const why = watch.signal.aborted ? messageOf(watch.signal.reason) : messageOf(error);
    throw brokenOff(why, error);
  } finally {
    watch.signal.removeEventListener('abort', stop);
  }
  if (done < length) throw brokenOff('the connection ended');
  return bytes;
}

/** What whoever takes the chunks has thrown, as told from faults of the connection. */
class Taken extends Error {}

function giveTo(onPart: NonNullable<GetOptions['onPart']>, chunk: Buffer, info: ObjectInfo): void {
  try {
    onPart(chunk, info);
  } catch (cause) {
    throw new Taken('', { cause });
  }
}
