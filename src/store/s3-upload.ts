import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { allowManyListeners } from '../base/many-listeners.ts';
import { fileBecameShorter, openSource, readSource } from './directory-files.ts';
import type { Slots } from './limit.ts';
import type { FileBody } from './object-store.ts';
import { bareEtag } from './s3-body.ts';
import * as sdk from './sdk.ts';

/** Bytes of one part. */
const partBytes = 8 * 1024 * 1024;
/** Files up to this are put by one request: parts take three more round trips. */
const onePutBytes = 2 * partBytes;
/** The same, where many go up at a time; larger ones should not have to begin again after a fault. */
const onePutOfManyBytes = 16 * partBytes;
/** S3 allows no more: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const maxParts = 10_000;

/** Where and how a file goes up. */
export interface Upload {
  client: sdk.S3Client;
  bucket: string;
  key: string;
  file: FileBody;
  /** Each holds one part in memory while it is sent; shared by all uploads of a store, so that memory is bounded. */
  slots: Slots;
  /** Memory of parts that were sent, for further ones: new memory would be cleared first, and cleaned up after. */
  memory: Buffer[];
  /** Runs the sending of one part, with retries. */
  attempt: <T>(work: () => Promise<T>) => Promise<T>;
  signal: AbortSignal | undefined;
}

/** What the SDK takes beside a command. */
export function sendOptions(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal ? { abortSignal: signal } : {};
}

/** Whether a file goes up in parts. */
export function needsParts({ size, amongMany }: FileBody): boolean {
  return size > (amongMany ? onePutOfManyBytes : onePutBytes);
}

/** Exactly the bytes of `handle` from `start` to `end`, in `memory`; throws storeChanged if the file ends before. */
async function readPart(
  handle: FileHandle,
  file: FileBody,
  start: number,
  end: number,
  memory: Buffer,
): Promise<Buffer> {
  const bytes = memory.subarray(0, end - start);
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await readSource(
      handle,
      file.file,
      bytes.subarray(done),
      bytes.length - done,
      start + done,
    );
    if (bytesRead === 0) throw fileBecameShorter(file.file, file.size);
    done += bytesRead;
  }
  return bytes;
}

/**
 * Puts a file in parts, several at a time. If anything fails, or the signal aborts, the upload is given up at the
 * store, so that no part lies there unseen (and paid for). Resolves to the ETag, which some servers leave empty. Throws
 * what `attempt` makes of the SDK's errors, and as FileStream for the file.
 */
export async function uploadInParts(upload: Upload): Promise<string | undefined> {
  const handle = await openSource(upload.file.file);
  try {
    const { client, bucket, key, signal, attempt } = upload;
    const target = { Bucket: bucket, Key: key };
    const { UploadId } = await attempt(() =>
      client.send(new sdk.CreateMultipartUploadCommand(target), sendOptions(signal)),
    );
    return await sendParts(upload, { ...target, UploadId }, handle);
  } finally {
    await handle.close();
  }
}

interface Target {
  Bucket: string;
  Key: string;
  UploadId: string | undefined;
}

async function sendParts(upload: Upload, target: Target, handle: FileHandle): Promise<string | undefined> {
  const { client, file, signal, attempt } = upload;
  const stop = new AbortController();
  allowManyListeners(stop.signal);
  const follow = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', follow, { once: true });
  if (file.md5 instanceof Promise) file.md5.catch((error: unknown) => stop.abort(error));
  let reported = 0;
  try {
    signal?.throwIfAborted();
    const size = Math.max(partBytes, Math.ceil(file.size / maxParts));
    const starts = Array.from({ length: Math.ceil(file.size / size) }, (_, i) => i * size);
    const sendPart = async (start: number, index: number) => {
      const memory = upload.memory.pop();
      const room = memory && memory.length >= size ? memory : Buffer.allocUnsafeSlow(size);
      const bytes = await readPart(handle, file, start, Math.min(start + size, file.size), room);
      let attempts = 0;
      const part = { ...target, PartNumber: index + 1, Body: bytes };
      const answer = await attempt(async () => {
        attempts++;
        try {
          return await client.send(new sdk.UploadPartCommand(part), sendOptions(stop.signal));
        } catch (error) {
          // Given up with the others, which is no reason to try again.
          stop.signal.throwIfAborted();
          throw error;
        }
      });
      // Only what no request that failed may still be sending.
      if (attempts === 1) upload.memory.push(room);
      reported += bytes.length;
      file.onProgress?.(bytes.length);
      return { PartNumber: index + 1, ETag: answer.ETag };
    };
    const sending = starts.map((start, index) =>
      upload.slots.run(() => sendPart(start, index), { signal: stop.signal }),
    );
    const parts = await Promise.all(sending).catch(async (error: unknown) => {
      stop.abort(error);
      await Promise.allSettled(sending);
      throw error;
    });
    await file.md5;
    return await complete(upload, target, parts);
  } catch (error) {
    if (reported > 0) file.onProgress?.(-reported);
    const abort = new sdk.AbortMultipartUploadCommand(target);
    await attempt(() => client.send(abort)).catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener('abort', follow);
  }
}

interface SentPart {
  PartNumber: number;
  ETag: string | undefined;
}

/** Makes the object of its parts; returns its ETag. */
async function complete(
  { client, file, signal, attempt }: Upload,
  target: Target,
  parts: SentPart[],
): Promise<string | undefined> {
  const command = new sdk.CompleteMultipartUploadCommand({ ...target, MultipartUpload: { Parts: parts } });
  let attempts = 0;
  return attempt(async () => {
    attempts++;
    try {
      return (await client.send(command, sendOptions(signal))).ETag;
    } catch (error) {
      if (attempts === 1 || !(error instanceof Error) || error.name !== 'NoSuchUpload') throw error;
      // It may have been completed by an attempt whose answer was lost.
      const { Bucket, Key } = target;
      const found = await client.send(new sdk.HeadObjectCommand({ Bucket, Key }), sendOptions(signal));
      if (found.ContentLength === file.size && bareEtag(found.ETag) === etagOf(parts)) return found.ETag;
      throw error;
    }
  });
}

/** The ETag of an object of these parts, where S3 makes it of their MD5s. */
function etagOf(parts: SentPart[]): string {
  const md5s = parts.map(({ ETag }) => Buffer.from(bareEtag(ETag), 'hex'));
  return `${createHash('md5').update(Buffer.concat(md5s)).digest('hex')}-${parts.length}`;
}
