import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../base/errors.ts';
import { FileStream } from './file-stream.ts';
import type { ResponseBody } from './http/response-body.ts';
import { IdleWatch } from './idle-watch.ts';
import { checkKey, compareKeys } from './keys.ts';
import { Slots } from './limit.ts';
import type {
  GetOptions,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  FileBody,
  PutBody,
  PutOptions,
} from './object-store.ts';
import { rangeWithin } from './range.ts';
import { defaultRetryPolicy, withRetries, type RetryPolicy } from './retry.ts';
import { announced, bareEtag, readBody } from './s3-body.ts';
import { fromSdk } from './s3-errors.ts';
import { listedKey, nextToken } from './s3-list.ts';
import * as sdk from './sdk.ts';
import { needsParts, sendOptions, uploadInParts } from './s3-upload.ts';

export interface S3StoreOptions {
  client: sdk.S3Client;
  /** Where S3 is, when that is not AWS. */
  endpoint: string | undefined;
  bucket: string;
  /** Without slashes at its ends; '' for the whole bucket. */
  prefix: string;
  roots: readonly string[];
  /** For the parts of an upload; everything else is retried by retry.ts around the store. */
  partRetries?: RetryPolicy;
  /** A read that gets nothing for so long has failed. Milliseconds. */
  idleMs?: number;
}

interface SignalOption {
  signal?: AbortSignal | undefined;
}

type PageOptions = ListOptions & { delimiter?: string };

/** Files or parts of files in memory at a time, of all uploads together. */
const bodiesAtATime = 12;
/** The largest object that one PUT may write: 5 GiB. */
const maxPutBytes = 5 * 1024 ** 3;

/** A prefix of an S3 bucket, by the AWS SDK: each method is one request (two at most), without retries. */
export class S3Store implements ObjectStore {
  readonly url: string;
  readonly id: string;
  readonly roots: readonly string[];
  readonly #client: sdk.S3Client;
  readonly #bucket: string;
  /** What all keys in the bucket begin with. */
  readonly #base: string;
  readonly #bodySlots = new Slots(bodiesAtATime);
  readonly #partMemory: Buffer[] = [];
  readonly #partRetries: RetryPolicy;
  readonly #idleMs: number;

  constructor(options: S3StoreOptions) {
    this.#client = options.client;
    this.#bucket = options.bucket;
    this.#base = options.prefix === '' ? '' : `${options.prefix}/`;
    this.#partRetries = options.partRetries ?? defaultRetryPolicy;
    this.#idleMs = options.idleMs ?? 20_000;
    this.roots = options.roots;
    this.url = options.prefix === '' ? `s3://${options.bucket}` : `s3://${options.bucket}/${options.prefix}`;
    this.id = options.endpoint === undefined ? this.url : `${this.url} at ${options.endpoint}`;
  }

  async get(key: string, options: GetOptions = {}): Promise<Buffer> {
    return (await this.getWithInfo(key, options)).bytes;
  }

  async getWithInfo(key: string, options: GetOptions = {}): Promise<{ bytes: Buffer; info: ObjectInfo }> {
    const { range, ifMatch } = options;
    if (range?.start === range?.end && range) {
      // HTTP has no way to ask for no bytes.
      const info = await this.head(key, options);
      if (ifMatch !== undefined && ifMatch !== info.etag)
        throw new MongoqError(ErrorCode.storeChanged, `${this.#name(key)} changed while it was read`);
      rangeWithin(info, range, this.url);
      return { bytes: Buffer.alloc(0), info };
    }
    const name = this.#name(key);
    const watch = new IdleWatch(options.signal, this.#idleMs);
    try {
      const answer = await this.#client.send(
        new sdk.GetObjectCommand({
          ...this.#target(key),
          Range: range && `bytes=${range.start}-${range.end - 1}`,
          IfMatch: ifMatch === undefined ? undefined : quotedEtag(ifMatch),
        }),
        { abortSignal: watch.signal },
      );
      watch.touch();
      const body = answer.Body as unknown as ResponseBody;
      try {
        const expected = announced(answer, key, name, range);
        const bytes = await readBody(body, expected, name, {
          watch,
          onPart: options.onPart,
          room: options.room,
        });
        return { bytes, info: expected.info };
      } catch (error) {
        body.destroy();
        throw error;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      const silent = watch.signal.aborted && !(error instanceof MongoqError);
      throw fromSdk(silent ? watch.signal.reason : error, name, ErrorCode.storeChanged);
    } finally {
      watch.end();
    }
  }

  put(key: string, body: PutBody, options: PutOptions = {}): Promise<{ etag: string }> {
    return this.#on(key, options.signal, async () => {
      const conditional = options.ifAbsent === true || options.ifMatch !== undefined;
      // Completing an upload in parts is not conditional on every server (Ceph ignores it): conditions take one PUT.
      if (!Buffer.isBuffer(body) && needsParts(body) && !(conditional && body.size <= maxPutBytes)) {
        return this.#putInParts(key, body, options);
      }
      if (Buffer.isBuffer(body)) return this.#putAtOnce(key, body, options);
      // Before it takes a slot.
      await body.md5;
      const put = (): Promise<{ etag: string }> => this.#putAtOnce(key, body, options);
      return this.#bodySlots.run(put, { signal: options.signal });
    });
  }

  head(key: string, options: SignalOption = {}): Promise<ObjectInfo> {
    return this.#on(key, options.signal, async () => {
      const answer = await this.#client.send(
        new sdk.HeadObjectCommand(this.#target(key)),
        sendOptions(options.signal),
      );
      const { ContentLength: size = 0, LastModified: modified = new Date(0) } = answer;
      return { key, size, etag: bareEtag(answer.ETag), modified };
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    for await (const page of this.#pages(prefix, options)) {
      for (const { Key, Size = 0, ETag, LastModified = new Date(0) } of page.Contents ?? []) {
        const key = this.#listed(Key, page, prefix);
        yield { key, size: Size, etag: bareEtag(ETag), modified: LastModified };
      }
    }
  }

  async *listFolders(prefix: string, options: ListOptions = {}): AsyncGenerator<string> {
    for await (const page of this.#pages(prefix, { ...options, delimiter: '/' })) {
      for (const { Prefix } of page.CommonPrefixes ?? []) {
        const folder = this.#listed(Prefix, page, prefix);
        const { startAfter } = options;
        if (startAfter === undefined || compareKeys(folder, startAfter) > 0) yield folder;
      }
    }
  }

  async delete(key: string, options: SignalOption = {}): Promise<void> {
    await this.#on(key, options.signal, () =>
      this.#client.send(new sdk.DeleteObjectCommand(this.#target(key)), sendOptions(options.signal)),
    );
  }

  async close(): Promise<void> {
    this.#client.destroy();
    return Promise.resolve();
  }

  async #putAtOnce(key: string, body: PutBody, options: PutOptions): Promise<{ etag: string }> {
    const md5 = Buffer.isBuffer(body) ? undefined : await body.md5;
    // Without bytes there is nothing to stream.
    const stream = Buffer.isBuffer(body) || body.size === 0 ? undefined : new FileStream(body);
    const command = new sdk.PutObjectCommand({
      ...this.#target(key),
      Body: Buffer.isBuffer(body) ? body : (stream ?? ''),
      ContentLength: Buffer.isBuffer(body) ? body.length : body.size,
      ContentMD5: md5?.toString('base64'),
      IfNoneMatch: options.ifAbsent ? '*' : undefined,
      // Unquoted: Ceph compares it byte by byte, AWS takes either.
      IfMatch: options.ifMatch,
    });
    if (md5) leaveBodyUnsigned(command);
    try {
      const answer = await this.#client.send(command, sendOptions(options.signal));
      return { etag: bareEtag(answer.ETag) };
    } catch (error) {
      stream?.takeBack();
      throw error;
    }
  }

  async #putInParts(key: string, file: FileBody, options: PutOptions): Promise<{ etag: string }> {
    const { signal } = options;
    const etag = await uploadInParts({
      client: this.#client,
      bucket: this.#bucket,
      key: this.#base + key,
      file,
      slots: this.#bodySlots,
      memory: this.#partMemory,
      attempt: (work) => withRetries(() => this.#on(key, undefined, work), this.#partRetries, signal),
      signal,
    });
    return { etag: bareEtag(etag) || (await this.head(key, options)).etag };
  }

  async *#pages(prefix: string, options: PageOptions): AsyncGenerator<ListObjectsV2CommandOutput> {
    let token: string | undefined;
    do {
      const page = await this.#onListing(options.signal, () =>
        this.#client.send(
          new sdk.ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: this.#base + prefix,
            Delimiter: options.delimiter,
            StartAfter: options.startAfter === undefined ? undefined : this.#base + options.startAfter,
            ContinuationToken: token,
            // Keys may hold characters that XML cannot.
            EncodingType: 'url',
          }),
          sendOptions(options.signal),
        ),
      );
      // Before anything of it is given to who may take it for all.
      token = nextToken(page, token, this.url);
      yield page;
    } while (token !== undefined);
  }

  /** Runs one request about `key` (or the whole store) and turns what the SDK throws into MongoqErrors. */
  async #on<T>(
    key: string | undefined,
    signal: AbortSignal | undefined,
    request: () => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      signal?.throwIfAborted();
      throw fromSdk(error, key === undefined ? this.url : this.#name(key), ErrorCode.storeConflict);
    }
  }

  /** A prefix without objects has an empty listing: what is not found is the bucket, or S3. */
  async #onListing<T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> {
    try {
      return await this.#on(undefined, signal, request);
    } catch (error) {
      if (!isMongoqError(error, ErrorCode.storeNotFound)) throw error;
      throw new MongoqError(
        ErrorCode.storeNoBucket,
        `${this.url} is not found: there is no such bucket, or no S3, at the endpoint`,
        { hint: 'Check the bucket and the endpoint (AWS_ENDPOINT_URL_S3 or --endpoint-url).', cause: error },
      );
    }
  }

  #target(key: string): { Bucket: string; Key: string } {
    checkKey(this.url, key);
    return { Bucket: this.#bucket, Key: this.#base + key };
  }

  #name(key: string): string {
    return `${this.url}/${key}`;
  }

  #listed(text: string | undefined, page: ListObjectsV2CommandOutput, prefix: string): string {
    return listedKey(text, page, this.#base + prefix, this.url).slice(this.#base.length);
  }
}

/**
 * Saves the SHA-256 of a body whose MD5 is among the signed headers: the server checks the one, and nobody can change
 * the other. https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
function leaveBodyUnsigned(command: sdk.PutObjectCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'leaveBodyUnsigned' },
  );
}

function quotedEtag(etag: string): string {
  return etag.startsWith('W/') ? etag : `"${etag}"`;
}
