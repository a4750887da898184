import { validateHeaderName, validateHeaderValue } from 'node:http';

/** A request as the AWS SDK hands it over, signed. */
export interface SignedRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Record<string, string | string[] | null> | undefined;
  headers: Record<string, string>;
  body?: unknown;
}

/**
 * The first line and the headers of a request, HTTP/1.1 (https://www.rfc-editor.org/rfc/rfc9112). Throws a TypeError if
 * a header or the path holds what would end a line.
 */
export function requestHead(request: SignedRequest): string {
  const target = request.path + queryString(request.query);
  if (/[^\x21-\x7e]/.test(target)) throw new TypeError('the path of a request holds what a URL cannot');
  let head = `${request.method} ${target} HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(request.headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    head += `${name}: ${value}\r\n`;
  }
  return `${head}connection: keep-alive\r\n\r\n`;
}

/** Sorted and escaped as the SDK's own handler does it, since that is what was signed. */
function queryString(query: SignedRequest['query']): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const each of Array.isArray(value) ? value : [value])
      parts.push(each === null ? escape(name) : `${escape(name)}=${escape(each)}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html: all but A-Z a-z 0-9 - . _ ~ */
function escape(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
