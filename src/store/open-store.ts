import { stat } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { countStore, type StoreCounts } from './count.ts';
import { fromErrno } from './directory-files.ts';
import { DirectoryStore } from './directory.ts';
import type { StoreHealth } from './health.ts';
import { hedgeStore } from './hedge.ts';
import { limitStore } from './limit.ts';
import type { ObjectStore } from './object-store.ts';
import { defaultRetryPolicy, retryStore } from './retry.ts';
import type { S3Settings } from './s3-client.ts';
import { parseStoreUrl, type StoreLocation } from './store-url.ts';

export interface OpenStoreOptions extends S3Settings {
  /** Further attempts after a passing fault; 6 without it, about half a minute in all at worst. */
  retries?: number | undefined;
  /** Reads and writes at a time; 32 without it. */
  concurrency?: number | undefined;
  /** Whether reads that S3 does not begin to answer in the usual time are asked for once more; true without it. */
  hedge?: boolean | undefined;
  /** Counts every attempt, listings included, for `status`. */
  counts?: StoreCounts | undefined;
  /** Told whether the store answers. */
  health?: StoreHealth | undefined;
}

/**
 * Opens the store at `url` (s3://bucket/prefix, file:///dir or a path), with limits and retries around it.
 *
 * Makes no request to S3: a bucket that does not exist (storeNoBucket) or wrong credentials (storeDenied) show at the
 * first use. Throws storeUrl for a URL it does not know, storeNoBucket for a directory that does not exist.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<ObjectStore> {
  const { retries = defaultRetryPolicy.retries, health } = options;
  const policy = { ...defaultRetryPolicy, retries, health };
  const location = parseStoreUrl(url);
  const raw =
    location.kind === 'directory' ? await openDirectory(location.directory) : await openS3(location, options);
  const counted = options.counts ? countStore(raw, options.counts) : raw;
  // Inside the limit, since the time that a request waits for a slot says nothing of the store.
  const hedged = location.kind === 's3' && options.hedge !== false ? hedgeStore(counted) : counted;
  // Retries are outside, so that a pause between two attempts keeps no slot.
  return retryStore(limitStore(hedged, options.concurrency ?? 32), policy);
}

async function openDirectory(directory: string): Promise<ObjectStore> {
  const store = new DirectoryStore(directory);
  const found = await stat(directory).catch((error: unknown) => fromErrno(error, store.url));
  if (found instanceof MongoqError && found.code === ErrorCode.storeDenied) throw found;
  if (found instanceof Error || !(found as { isDirectory(): boolean }).isDirectory()) {
    throw new MongoqError(ErrorCode.storeNoBucket, `${directory} is not a directory`, {
      hint: 'Check the path; make the directory first if backups are to go into it.',
    });
  }
  return store;
}

/** The SDK takes a tenth of a second to load, so it is loaded only here. */
async function openS3(
  location: Extract<StoreLocation, { kind: 's3' }>,
  options: OpenStoreOptions,
): Promise<ObjectStore> {
  const [{ createS3Client }, { S3Store }] = await Promise.all([import('./s3-client.ts'), import('./s3.ts')]);
  const { bucket, prefix, roots } = location;
  return new S3Store({ ...(await createS3Client(options)), bucket, prefix, roots });
}
