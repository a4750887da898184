import type { ErrorCode } from '../../../base/error-codes.ts';
import type { DatabaseSnapshot } from '../../../rocksdb/snapshot.ts';

/** What a worker is started with. Of the store it knows nothing: the main thread reads for it. */
export interface WorkerData {
  snapshot: DatabaseSnapshot;
  /** The files' sizes in bytes, and what messages call them: damage names the object in the store. */
  files: Map<string, { size: number; where: string }>;
}

/** What is wanted of the documents that match: themselves, how many there are, or those that come first in an order. */
export type Give = 'documents' | 'count' | { sort: Uint8Array; limit: number };

/** What is asked of each piece of a scan. Buffers lose their class on the way between threads. */
export interface Work {
  prefix: Uint8Array;
  /** BSON of the filter, and of the collation if that is not the simple one. */
  filter: Uint8Array;
  collation: Uint8Array | undefined;
  give: Give;
}

/** A piece of a scan: keys from `lower` (inclusive) to `upper` (exclusive). */
export interface Task {
  id: number;
  work: Work;
  lower: Uint8Array;
  upper: Uint8Array;
}

export type ToWorker =
  | { kind: 'run'; task: Task }
  | { kind: 'cancel'; id: number }
  /** So many bytes of what a task has sent were taken. */
  | { kind: 'taken'; id: number; bytes: number }
  /**
   * The answer to `read`. Without bytes it failed: the main thread keeps the error; or it was `unwanted`, ended because
   * no task was left.
   */
  | { kind: 'bytes'; read: number; bytes: ArrayBuffer | undefined; unwanted?: boolean };

/** What a task found since the last time. */
export interface Found {
  scanned: number;
  matched: number;
  /** Documents, one after the other. */
  bytes: Uint8Array;
}

export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'read'; read: number; name: string; start: number; end: number }
  | { kind: 'found'; id: number; found: Found }
  | { kind: 'done'; id: number }
  | { kind: 'failed'; id: number; error: SentError };

/** An error as it goes between threads. */
export type SentError =
  | { type: 'mongoq'; code: ErrorCode; message: string; hint: string | undefined }
  | { type: 'command'; code: number | undefined; codeName: string | undefined; message: string }
  | { type: 'bson'; message: string }
  | { type: 'read'; read: number }
  | { type: 'other'; message: string; stack: string | undefined };

/** A task waits once so many bytes of what it found were sent and not taken. */
export const maxUntaken = 4 << 20;

/** Bytes that came from another thread as a Buffer; nothing is copied. */
export function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
