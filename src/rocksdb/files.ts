import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** From `start` (inclusive) to `end` (exclusive), in bytes. */
export interface FileRange {
  start: number;
  end: number;
}

export interface FileReadOptions {
  signal?: AbortSignal | undefined;
  /** `demand` (default) goes before `ahead`. */
  priority?: 'demand' | 'ahead' | undefined;
}

/**
 * The files of one RocksDB directory. Names are as in that directory ("CURRENT", "000012.sst"; a folder below it is part
 * of the name: "journal/000014.log"). The content never changes while the database is open.
 */
export interface DatabaseFiles {
  /** Every file with its size in bytes. */
  list(): ReadonlyMap<string, number>;
  /** What messages call the file: where it lies, not only its name. */
  describe(name: string): string;
  /** Exactly the bytes of `range`; possibly a view of a cache, not to be written to. */
  read(name: string, range: FileRange, options?: FileReadOptions): Promise<Buffer>;
  /** The bytes if they can be had without waiting. */
  peek?(name: string, range: FileRange): Buffer | undefined;
  /**
   * Starts fetching without waiting; a failure shows at the read that needs the bytes. It ends when `signal` is aborted: what then is not
   * there is asked for again by who reads it. Returns whether all of it will be there; if not, it may be announced again.
   */
  prefetch(name: string, ranges: FileRange[], signal?: AbortSignal): boolean;
}

/** Reads a whole file. Throws engineMissingFile if there is none of that name. */
export async function readWhole(
  files: DatabaseFiles,
  name: string,
  options: FileReadOptions = {},
): Promise<Buffer> {
  const size = sizeOf(files, name);
  return size === 0 ? Buffer.alloc(0) : files.read(name, { start: 0, end: size }, options);
}

/** The size of a file in bytes. Throws engineMissingFile if there is none of that name. */
export function sizeOf(files: DatabaseFiles, name: string): number {
  const size = files.list().get(name);
  if (size === undefined) throw missing(files, name);
  return size;
}

/** The error for a file that the database needs and the listing lacks. */
export function missing(files: DatabaseFiles, name: string): MongoqError {
  return new MongoqError(ErrorCode.engineMissingFile, `${files.describe(name)} is missing`);
}
