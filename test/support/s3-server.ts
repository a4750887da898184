import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a request is answered with; the request's number counts from 1. */
export type Answer = (request: IncomingMessage, response: ServerResponse, n: number) => void;

/** An HTTP server that answers as `answer` says: for faults that a real S3 server does not have when one wants them. */
export async function startS3Server(
  answer: Answer,
): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  let n = 0;
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response, ++n);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An S3 error: status, code and the XML around it. */
export function s3Error(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>text of ${code}</Message></Error>`);
}

/** The answer to a GET of `bytes` (or the range asked for), with an ETag; `cut` ends the connection after so many bytes. */
export function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Buffer,
  cut?: number,
): void {
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const start = range ? Number(range[1]) : 0;
  const end = range ? Math.min(Number(range[2]) + 1, bytes.length) : bytes.length;
  response.writeHead(range ? 206 : 200, {
    etag: '"tag"',
    'content-length': end - start,
    'last-modified': 'Sun, 22 Nov 2026 04:50:37 GMT',
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` } : {}),
  });
  if (cut === undefined) {
    response.end(bytes.subarray(start, end));
  } else {
    response.write(bytes.subarray(start, start + cut), () => setTimeout(() => response.destroy(), 20));
  }
}
