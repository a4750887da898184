import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { isMongoqError } from '../../src/base/errors.ts';
import { compareKeys } from '../../src/store/keys.ts';
import type { ByteRange, ObjectInfo, ObjectStore } from '../../src/store/object-store.ts';

const pageKeys = 1000;

/**
 * Serves a store as the bucket `bucket` on 127.0.0.1, with S3's answers to GET, HEAD and ListObjectsV2, so that every S3
 * client can be pointed at it. Signatures are not looked at, and nothing can be written.
 */
export async function serveAsS3(
  store: ObjectStore,
  bucket: string,
): Promise<{ port: number; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    answer(store, bucket, request, response).catch((error: unknown) => {
      const [status, code] = isMongoqError(error, ErrorCode.storeNotFound)
        ? [404, 'NoSuchKey']
        : [500, 'InternalError'];
      sendError(response, status, code);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  store: ObjectStore,
  bucket: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, name, ...rest] = decodeURIComponent(url.pathname).split('/');
  const key = rest.join('/');
  if (name !== bucket) sendError(response, 404, 'NoSuchBucket');
  else if (request.method !== 'GET' && request.method !== 'HEAD')
    sendError(response, 405, 'MethodNotAllowed');
  else if (key === '') await list(store, bucket, url.searchParams, response);
  else await get(store, key, request, response);
}

async function get(
  store: ObjectStore,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const info = await store.head(key);
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted.replaceAll('"', '') !== info.etag) {
    sendError(response, 412, 'PreconditionFailed');
    return;
  }
  const range = rangeOf(request.headers.range, info.size);
  if (range === undefined) {
    sendError(response, 416, 'InvalidRange');
    return;
  }
  const partial = request.headers.range !== undefined;
  response.writeHead(partial ? 206 : 200, {
    etag: `"${info.etag}"`,
    'accept-ranges': 'bytes',
    'content-length': range.end - range.start,
    'last-modified': info.modified.toUTCString(),
    ...(partial ? { 'content-range': `bytes ${range.start}-${range.end - 1}/${info.size}` } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : await store.get(key, { range }));
}

/** The bytes that a Range header means; undefined if there are none. */
function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return { start: 0, end: size };
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  const [, from = '', to = ''] = match ?? [];
  if (from === '') return { start: Math.max(0, size - Number(to)), end: size };
  const end = to === '' ? size : Math.min(size, Number(to) + 1);
  return Number(from) < end ? { start: Number(from), end } : undefined;
}

async function list(
  store: ObjectStore,
  bucket: string,
  query: URLSearchParams,
  response: ServerResponse,
): Promise<void> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('continuation-token') ?? query.get('start-after') ?? undefined;
  const found: string[] = [];
  let last: string | undefined;
  let truncated = false;
  const items =
    delimiter === '' ? store.list(prefix, { startAfter: after }) : entries(store, prefix, delimiter, after);
  for await (const item of items) {
    if (found.length === pageKeys) {
      truncated = true;
      break;
    }
    last = typeof item === 'string' ? item : item.key;
    found.push(typeof item === 'string' ? folderXml(item) : objectXml(item));
  }
  const token = truncated ? `<NextContinuationToken>${escape(last ?? '')}</NextContinuationToken>` : '';
  response.writeHead(200, { 'content-type': 'application/xml' });
  response.end(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>${bucket}</Name><Prefix>${escape(prefix)}</Prefix>` +
      `<KeyCount>${found.length}</KeyCount><IsTruncated>${truncated}</IsTruncated>${token}${found.join('')}</ListBucketResult>`,
  );
}

/** Objects directly below a prefix, and folders (keys up to the delimiter) in their place. */
async function* entries(
  store: ObjectStore,
  prefix: string,
  delimiter: string,
  after: string | undefined,
): AsyncGenerator<ObjectInfo | string> {
  let last: string | undefined;
  for await (const object of store.list(prefix)) {
    const slash = object.key.indexOf(delimiter, prefix.length);
    const folder = slash < 0 ? undefined : object.key.slice(0, slash + delimiter.length);
    if (folder !== undefined && folder === last) continue;
    last = folder;
    if (after === undefined || compareKeys(folder ?? object.key, after) > 0) yield folder ?? object;
  }
}

function objectXml({ key, size, etag, modified }: ObjectInfo): string {
  return (
    `<Contents><Key>${escape(key)}</Key><LastModified>${modified.toISOString()}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

function folderXml(folder: string): string {
  return `<CommonPrefixes><Prefix>${escape(folder)}</Prefix></CommonPrefixes>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function sendError(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
}
