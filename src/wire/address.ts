import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** Where a server listens. `tls` as node:tls takes it; `{}` for the defaults. */
export type Address =
  { socketPath: string } | { host: string; port: number; tls?: ConnectionOptions | undefined };

/** `host:port` or the socket's path, for messages. */
export function describeAddress(address: Address): string {
  if ('socketPath' in address) return address.socketPath;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${host}:${address.port}`;
}

/** A connected socket; rejects with the system's error, or the signal's reason. */
export function openSocket(address: Address, signal?: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const { socket, ready } = start(address);
    const abort = (): void => {
      socket.destroy(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    signal?.addEventListener('abort', abort, { once: true });
    const settled = (): void => signal?.removeEventListener('abort', abort);
    socket.once('error', (error) => {
      settled();
      reject(error);
    });
    socket.once(ready, () => {
      settled();
      socket.removeAllListeners('error');
      // Whoever reads the socket learns of later errors through its close.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

function start(address: Address): { socket: Socket; ready: string } {
  if ('socketPath' in address) return { socket: connectTcp(address.socketPath), ready: 'connect' };
  const { host, port, tls } = address;
  if (!tls) return { socket: connectTcp({ host, port, noDelay: true }), ready: 'connect' };
  return { socket: connectTls({ host, port, servername: host, ...tls }), ready: 'secureConnect' };
}
