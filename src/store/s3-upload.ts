import { open, type FileHandle } from 'node:fs/promises';
import { allowManyListeners } from '../base/many-listeners.ts';
import { fileBecameShorter } from './directory-files.ts';
import type { Slots } from './limit.ts';
import type { FileBody } from './object-store.ts';
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
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    if (bytesRead === 0) throw fileBecameShorter(file.file, file.size);
    done += bytesRead;
  }
  return bytes;
}

/**
 * Puts a file in parts, several at a time. If anything fails, or the signal aborts, the upload is given up at the
 * store, so that no part lies there unseen (and paid for). Resolves to the ETag, which some servers leave empty.
 */
export async function uploadInParts(upload: Upload): Promise<string | undefined> {
  const { client, bucket, key, file, signal, attempt } = upload;
  const target = { Bucket: bucket, Key: key };
  const { UploadId } = await attempt(() =>
    client.send(new sdk.CreateMultipartUploadCommand(target), sendOptions(signal)),
  );
  const stop = new AbortController();
  allowManyListeners(stop.signal);
  const follow = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', follow, { once: true });
  if (file.md5 instanceof Promise) file.md5.catch((error: unknown) => stop.abort(error));
  let reported = 0;
  const handle = await open(file.file, 'r');
  try {
    signal?.throwIfAborted();
    const size = Math.max(partBytes, Math.ceil(file.size / maxParts));
    const starts = Array.from({ length: Math.ceil(file.size / size) }, (_, i) => i * size);
    const sendPart = async (start: number, index: number) => {
      const memory = upload.memory.pop();
      const room = memory && memory.length >= size ? memory : Buffer.allocUnsafeSlow(size);
      const bytes = await readPart(handle, file, start, Math.min(start + size, file.size), room);
      let attempts = 0;
      const part = { ...target, UploadId, PartNumber: index + 1, Body: bytes };
      const answer = await attempt(() => {
        attempts++;
        return client.send(new sdk.UploadPartCommand(part), sendOptions(stop.signal));
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
    const done = await attempt(() =>
      client.send(
        new sdk.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: parts } }),
        sendOptions(signal),
      ),
    );
    return done.ETag;
  } catch (error) {
    if (reported > 0) file.onProgress?.(-reported);
    const abort = new sdk.AbortMultipartUploadCommand({ ...target, UploadId });
    await attempt(() => client.send(abort)).catch(() => undefined);
    throw error;
  } finally {
    signal?.removeEventListener('abort', follow);
    await handle.close();
  }
}
