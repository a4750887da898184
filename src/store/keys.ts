import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/**
 * Throws storeNotFound for a key that no store may hold: empty, with a NUL, or with a `.` or `..` component, which a
 * file system or an HTTP proxy could resolve to something outside the prefix. Keys come from metadata files that
 * anybody may have written, so every store checks them.
 */
export function checkKey(url: string, key: string): void {
  if (key === '' || key.includes('\0') || key.split('/').some((part) => part === '.' || part === '..')) {
    throw new MongoqError(ErrorCode.storeNotFound, `${JSON.stringify(key)} cannot be a key in ${url}`);
  }
}

/** Order of keys in every listing: by their UTF-8 bytes (JavaScript's own order is by UTF-16 units). */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/**
 * The next path components of sorted `keys` below `prefix`, each once, with their trailing slash; keys that lie
 * directly below `prefix` have none.
 */
export async function* foldersOf(
  keys: AsyncIterable<{ key: string }>,
  prefix: string,
  startAfter: string | undefined,
): AsyncGenerator<string> {
  let last: string | undefined;
  for await (const { key } of keys) {
    const slash = key.indexOf('/', prefix.length);
    const folder = key.slice(0, slash + 1);
    if (slash < 0 || folder === last) continue;
    last = folder;
    if (startAfter === undefined || compareKeys(folder, startAfter) > 0) yield folder;
  }
}
