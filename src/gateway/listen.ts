import { chmod, rm } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { defaultLimits } from './limits.ts';

/** Where to listen: a Unix socket in a directory that only its user may enter, or TCP. Port 0 takes a free one. */
export type ListenOn = { socketPath: string } | { host: string; port: number };

/** sun_path of Linux holds 108 bytes with the closing NUL. */
const longestSocketPath = 107;

/** A listening server and the URI under which clients find it. Throws gatewayListen. */
export async function listen(
  where: ListenOn,
  tls: TlsOptions | undefined,
  onClient: (socket: Socket) => void,
): Promise<{ server: Server; uri: string }> {
  // Who does not get as far as TLS is not among the clients yet, so it may not stay for Node's two minutes.
  const handshakeTimeout = defaultLimits.authenticateMs;
  const server = tls
    ? createTlsServer({ ...tls, handshakeTimeout }, onClient)
    : createServer({ noDelay: true }, onClient);
  // A failed TLS handshake is the client's business.
  server.on('tlsClientError', () => undefined);
  const target = 'socketPath' in where ? where.socketPath : `${where.host}:${where.port}`;
  try {
    if ('socketPath' in where) await prepareSocket(where.socketPath);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen('socketPath' in where ? { path: where.socketPath } : where, resolve);
    });
    if ('socketPath' in where) await chmod(where.socketPath, 0o600);
  } catch (error) {
    server.close();
    throw error instanceof MongoqError ? error : cannotListen(target, error);
  }
  server.on('error', () => undefined);
  return { server, uri: uriOf(where, server, tls !== undefined) };
}

function cannotListen(target: string, error: unknown): MongoqError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new MongoqError(ErrorCode.gatewayListen, `${target} is in use by another program`, {
      hint: 'give another port, or port 0 for a free one',
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new MongoqError(ErrorCode.gatewayListen, `this user may not listen on ${target}`, {
      hint: 'ports below 1024 are for root; give another port',
      cause: error,
    });
  }
  return new MongoqError(ErrorCode.gatewayListen, `cannot listen on ${target}: ${messageOf(error)}`, {
    cause: error,
  });
}

/** Whether only this machine reaches the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

async function prepareSocket(socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > longestSocketPath) {
    throw new MongoqError(
      ErrorCode.gatewayListen,
      `${socketPath} is longer than the ${longestSocketPath} bytes that a socket's path may have`,
      { hint: 'set TMPDIR to a directory with a shorter name' },
    );
  }
  await rm(socketPath, { force: true });
}

function uriOf(where: ListenOn, server: Server, tls: boolean): string {
  if ('socketPath' in where) return `mongodb://${encodeURIComponent(where.socketPath)}/`;
  const { port } = server.address() as AddressInfo;
  const host = where.host.includes(':') ? `[${where.host}]` : where.host;
  return `mongodb://${host}:${port}/${tls ? '?tls=true' : ''}`;
}
