import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/**
 * Where the listing goes on after `page`, which was asked for with `token`; undefined at its end. Throws
 * storeUnavailable if the answer is none of S3, and storeDamaged if it says that there is more but not where: what is
 * not listed would count as not there, and garbage collection removes what no backup lists.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function nextToken(
  page: ListObjectsV2CommandOutput,
  token: string | undefined,
  url: string,
): string | undefined {
  if (page.IsTruncated === undefined && page.Name === undefined) {
    throw new MongoqError(ErrorCode.storeUnavailable, `${url} cannot be listed: the answer is none of S3`, {
      hint: 'Check the endpoint (AWS_ENDPOINT_URL_S3 or --endpoint-url).',
    });
  }
  if (!page.IsTruncated) return undefined;
  const next = page.NextContinuationToken;
  if (next === undefined || next === '' || next === token)
    throw notAsS3(url, 'there is more, but the answer does not say where it goes on');
  return next;
}

/** A key of a listing as it is in the bucket. Throws storeDamaged if it does not begin with the `prefix` asked for. */
export function listedKey(
  text: string | undefined,
  page: ListObjectsV2CommandOutput,
  prefix: string,
  url: string,
): string {
  const key = page.EncodingType === 'url' ? decoded(text ?? '', url) : (text ?? '');
  if (!key.startsWith(prefix)) throw notAsS3(url, `the answer holds a key outside of ${prefix}`);
  return key;
}

function decoded(text: string, url: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw notAsS3(url, `the answer holds a key that cannot be decoded: ${text}`);
  }
}

function notAsS3(url: string, why: string): MongoqError {
  return new MongoqError(ErrorCode.storeDamaged, `${url} cannot be listed: ${why}`, {
    hint: 'The server, or a proxy before it, does not list objects as S3 does (ListObjectsV2).',
  });
}
