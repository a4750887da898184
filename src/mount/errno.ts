import { constants } from 'node:os';
import { ErrorCode } from '../base/error-codes.ts';
import { isAbort, isMongoqError } from '../base/errors.ts';

const { errno } = constants;

/** Results of FUSE operations are negated error numbers. */
export const notFound = -errno.ENOENT;
export const notDirectory = -errno.ENOTDIR;
export const isDirectory = -errno.EISDIR;
export const readOnly = -errno.EROFS;

/**
 * The result for a read that failed. An object that is gone or has changed is an I/O error too: a file that shows in
 * the tree cannot stop existing while it is read.
 */
export function errnoOf(error: unknown): number {
  if (isMongoqError(error, ErrorCode.storeDenied)) return -errno.EACCES;
  if (isMongoqError(error, ErrorCode.storeUnavailable)) return -errno.ETIMEDOUT;
  if (isAbort(error)) return -errno.EINTR;
  return -errno.EIO;
}
