/** What a store knows of an object without reading it. */
export interface ObjectInfo {
  key: string;
  /** Bytes. */
  size: number;
  /** Opaque version of the content: equal tags mean equal bytes. S3's ETag without quotes; size and mtime for a directory. */
  etag: string;
  modified: Date;
}

/** A range of bytes: from `start` (inclusive) to `end` (exclusive); both within the object. */
export interface ByteRange {
  start: number;
  end: number;
}

/** Whether somebody waits for the bytes now, or they are only likely to be needed. */
export type Priority = 'demand' | 'ahead';

export interface GetOptions {
  /** Without it, the whole object. */
  range?: ByteRange | undefined;
  /** Fail with storeChanged unless the object still has this etag. */
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
  /**
   * `demand` (default) goes before `ahead` where requests queue. A function is asked anew each time a request may
   * start, so that a read-ahead moves up once somebody waits for it.
   */
  priority?: Priority | (() => Priority) | undefined;
  /**
   * Takes bytes as they arrive, in order, valid during the call; the answer then holds only those that come after them.
   * A store need not call it. What it throws ends the read.
   */
  onPart?: ((bytes: Buffer, info: ObjectInfo) => void) | undefined;
  /**
   * Where the next bytes should be put, to save a copy: a store may put them at its beginning, and then gives `onPart`
   * just these. Asked for anew each time; without it the store uses memory of its own.
   */
  room?: (() => Buffer | undefined) | undefined;
}

export interface PutOptions {
  /** `ifAbsent`: fail with storeConflict if the key exists. `ifMatch`: fail with storeConflict unless it has this etag. */
  ifAbsent?: boolean | undefined;
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** The content of an object to write: bytes in memory, or a local file (multipart when large). */
export type PutBody = Buffer | FileBody;

/** A local file of `size` bytes. */
export interface FileBody {
  file: string;
  size: number;
  /**
   * The MD5 (16 bytes) of its content, which a store may have its server check. While it is a promise bytes may be sent,
   * but the object is not there before it resolves, nor if it rejects.
   */
  md5?: Buffer | Promise<Buffer> | undefined;
  /** It is one of many that go up at a time: parts of it side by side would gain nothing. */
  amongMany?: boolean | undefined;
  /** Told of further bytes sent, or fewer after a failed attempt. */
  onProgress?: (bytes: number) => void;
}

export interface ListOptions {
  /** Only keys (or folders) that sort after this one. */
  startAfter?: string | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Objects under a prefix. Keys are relative to the prefix, UTF-8, with `/` as separator, without a leading slash
 * (but see `roots`).
 *
 * Every method may be called again after a failure. Failures are MongoqErrors of the kinds storeNotFound (permanent),
 * storeChanged, storeDenied, storeNoBucket (permanent), storeUnavailable (passing: retry.ts tries again),
 * storeRefused (permanent), storeDamaged (a body that broke off: a BrokenBody, passing; an object that ends before the range: permanent),
 * storeConflict. After an abort nothing further happens, and the promise rejects with the signal's reason.
 */
export interface ObjectStore {
  /** For messages: s3://bucket/prefix or file:///dir. Holds no secret. */
  readonly url: string;

  /** Tells this store from every other, for caches: the URL, and where S3 is when that is not AWS. */
  readonly id: string;

  /**
   * What a key may begin with: `['']`, or `['', '/']` for a bucket with an empty prefix (or a prefix given with a
   * trailing slash), where old writers disagreed on a leading slash: the keys `R/x` and `/R/x` are then different
   * objects, both reachable by those keys. Whoever lists, lists below each root.
   */
  readonly roots: readonly string[];

  /** The bytes asked for (without those given to `onPart`), complete and exact, or an error; never a short body. */
  get(key: string, options?: GetOptions): Promise<Buffer>;

  /** As `get`, with what the answer said about the object: its version and its whole size, for no further request. */
  getWithInfo(key: string, options?: GetOptions): Promise<{ bytes: Buffer; info: ObjectInfo }>;

  /** Writes atomically: readers see the old object (or none) or the whole new one. Returns the new object's etag. */
  put(key: string, body: PutBody, options?: PutOptions): Promise<{ etag: string }>;

  /** Size and version without the content. */
  head(key: string, options?: { signal?: AbortSignal | undefined }): Promise<ObjectInfo>;

  /** All objects whose key starts with `prefix`, in key order (bytewise). */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>;

  /** The distinct next path components below `prefix` ("a/" gives "a/b/" for "a/b/c"), in order, each ending in "/". */
  listFolders(prefix: string, options?: ListOptions): AsyncIterable<string>;

  /** Deletes; a missing key is fine. */
  delete(key: string, options?: { signal?: AbortSignal | undefined }): Promise<void>;

  /** Frees sockets. The store is not used afterwards. */
  close(): Promise<void>;
}
