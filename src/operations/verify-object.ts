import { createHash } from 'node:crypto';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf } from '../base/errors.ts';
import type { BackupFile } from '../catalog/catalog.ts';
import { parseFileMetadata } from '../catalog/metadata.ts';
import { partialChecksum } from '../catalog/partial-checksum.ts';
import type { DatabaseFiles } from '../rocksdb/files.ts';
import type { ByteRange, ObjectStore } from '../store/object-store.ts';
import { readParts } from './parts.ts';
import type { Permits } from '../base/permits.ts';
import { checkFormat } from './verify-format.ts';
import type { FindingKind } from './verify-report.ts';

/** What reading an object in full told. */
export interface ObjectResult {
  faults: { kind: FindingKind; message: string }[];
  /** Whether an MD5 was recorded. */
  withMd5: boolean;
}

/** Larger files are not held in memory: their blocks are fetched a second time. */
const memoryLimit = 128 << 20;

/**
 * Reads an object once and compares it with its MD5 and its partial checksum, and its blocks with their own checksums.
 * `fileMetadataKey` is where its MD5 may be recorded. Faults are returned, not thrown; passing failures of the store are.
 */
export async function checkObject(
  store: ObjectStore,
  file: BackupFile,
  fileMetadataKey: string,
  permits: Permits,
  signal: AbortSignal,
): Promise<ObjectResult> {
  const result: ObjectResult = { faults: [], withMd5: false };
  const fault = (kind: FindingKind, message: string): void => void result.faults.push({ kind, message });
  try {
    const recorded = await recordedMd5(store, fileMetadataKey, signal, (message) =>
      fault('file-metadata', message),
    );
    result.withMd5 = recorded !== undefined;
    const { md5, chunks, content } = await readObject(store, file, permits, signal);
    const where = `${store.url}/${file.key}`;
    if (recorded && !recorded.equals(md5))
      fault('checksum', `${where} has the MD5 ${md5.toString('hex')} instead of ${recorded.toString('hex')}`);
    if ((await partialChecksum(file.size, chunks)) !== file.checksum)
      fault('checksum', `${where} does not have the partial checksum of its key`);
    await checkFormat(asFiles(store, file, content), file.name, signal);
  } catch (error) {
    if (isMongoqError(error, ErrorCode.engineDamaged)) fault('format', messageOf(error));
    else if (isMongoqError(error, ErrorCode.storeNotFound)) fault('missing', messageOf(error));
    else if (isMongoqError(error, ErrorCode.storeDamaged, ErrorCode.storeChanged))
      fault('unreadable', messageOf(error));
    else throw error;
  }
  return result;
}

async function recordedMd5(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
  onDamage: (message: string) => void,
): Promise<Buffer | undefined> {
  try {
    return parseFileMetadata(key, await store.get(key, { signal }));
  } catch (error) {
    if (isMongoqError(error, ErrorCode.catalogMetadata)) onDamage(messageOf(error));
    else if (!isMongoqError(error, ErrorCode.storeNotFound)) throw error;
    return undefined;
  }
}

interface ReadObject {
  md5: Buffer;
  /** Gives the ranges that the partial checksum hashes. */
  chunks: (range: ByteRange) => Promise<Buffer>;
  /** The whole content, if it is small enough to hold. */
  content: Buffer | undefined;
}

async function readObject(
  store: ObjectStore,
  file: BackupFile,
  permits: Permits,
  signal: AbortSignal,
): Promise<ReadObject> {
  const hash = createHash('md5');
  const parts: Buffer[] = [];
  for await (const bytes of readParts(store, file, permits, signal)) {
    hash.update(bytes);
    if (file.size <= memoryLimit) parts.push(bytes);
  }
  const md5 = hash.digest();
  if (file.size > memoryLimit)
    return { md5, content: undefined, chunks: (range) => store.get(file.key, { range, signal }) };
  const content = Buffer.concat(parts);
  return { md5, content, chunks: ({ start, end }) => Promise.resolve(content.subarray(start, end)) };
}

/** One file as the RocksDB reader wants it, from memory or from the store. */
function asFiles(store: ObjectStore, file: BackupFile, content: Buffer | undefined): DatabaseFiles {
  const sizes = new Map([[file.name, file.size]]);
  return {
    list: () => sizes,
    describe: () => `${store.url}/${file.key}`,
    read: (_, range, options = {}) =>
      content
        ? Promise.resolve(content.subarray(range.start, range.end))
        : store.get(file.key, { range, signal: options.signal }),
    // Blocks are read in order, in long runs.
    prefetch: () => true,
  };
}
