import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';

export type StoreLocation =
  | {
      kind: 's3';
      bucket: string;
      /** Without slashes at its ends. */
      prefix: string;
      roots: readonly string[];
    }
  | { kind: 'directory'; directory: string };

/**
 * Takes a store's URL apart: s3://bucket/prefix (not percent-encoded, as the AWS tools write it), file:///dir, or a
 * path. Throws storeUrl for anything else.
 */
export function parseStoreUrl(url: string): StoreLocation {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):(\/\/)?/.exec(url);
  if (!scheme) {
    if (url === '') throw wrongUrl(url, 'it is empty');
    return { kind: 'directory', directory: path.resolve(url) };
  }
  switch (`${scheme[1]?.toLowerCase() ?? ''}:${scheme[2] ?? ''}`) {
    case 's3://':
      return parseS3(url);
    case 'file://':
    case 'file:':
      try {
        return { kind: 'directory', directory: fileURLToPath(url) };
      } catch (error) {
        throw wrongUrl(url, messageOf(error));
      }
    default:
      throw wrongUrl(url, `stores of the kind "${scheme[1] ?? ''}:" are not known`);
  }
}

function parseS3(url: string): StoreLocation {
  const parts = /^s3:\/\/([^/]+)(?:\/(.*))?$/is.exec(url);
  if (!parts) throw wrongUrl(url, 'the bucket is missing');
  const given = parts[2] ?? '';
  const prefix = given.replace(/^\/+|\/+$/g, '');
  // A writer that was given the prefix "p/" wrote the keys "p//R/...", one without a prefix "/R/..." or "R/...".
  const roots = prefix === '' || given.endsWith('/') ? ['', '/'] : [''];
  return { kind: 's3', bucket: parts[1] ?? '', prefix, roots };
}

function wrongUrl(url: string, why: string): MongoqError {
  return new MongoqError(ErrorCode.storeUrl, `The store ${JSON.stringify(url)} cannot be used: ${why}`, {
    hint: 'Give s3://bucket/prefix, file:///directory or a path.',
  });
}
