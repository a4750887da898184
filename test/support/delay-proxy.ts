import net, { type AddressInfo, type Socket } from 'node:net';

export interface DelayProxyOptions {
  /** Where to connect to on 127.0.0.1. */
  targetPort: number;
  /** What each request takes longer, in milliseconds. */
  latencyMs?: number;
  /** What one connection brings down at most. */
  bytesPerSecond?: number;
  /** A slow tail: this part of the requests, drawn by the seed, takes `ms` longer still. */
  tail?: { share: number; ms: number; seed: number };
}

/** What has passed through. */
export interface ProxyCounts {
  connections: number;
  /** HTTP requests that began with a packet of their own, as those of all common clients do. */
  requests: number;
  bytesUp: number;
  bytesDown: number;
}

export interface DelayProxy {
  port: number;
  counts: ProxyCounts;
  /** Sets all counts to 0. */
  reset: () => void;
  stop: () => Promise<void>;
}

const requestLine = /^(GET|PUT|HEAD|POST|DELETE) /;

/**
 * A TCP proxy on 127.0.0.1 that makes a local server as far away as S3: what goes up is held for `latencyMs`, so that
 * a request costs one such round trip, and what comes down is held to a rate for each connection.
 */
export async function startDelayProxy(options: DelayProxyOptions): Promise<DelayProxy> {
  const { targetPort, latencyMs = 0, bytesPerSecond, tail } = options;
  let state = tail?.seed ?? 1;
  const late = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return tail && state / 2_147_483_647 < tail.share ? tail.ms : 0;
  };
  const counts: ProxyCounts = { connections: 0, requests: 0, bytesUp: 0, bytesDown: 0 };
  const sockets = new Set<Socket>();

  const server = net.createServer((client) => {
    counts.connections++;
    const target = net.connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      socket.setNoDelay();
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    let heldUntil = 0;
    const held: Buffer[] = [];
    client.on('data', (data) => {
      counts.bytesUp += data.length;
      const begins = requestLine.test(data.toString('latin1', 0, 7));
      if (begins) counts.requests++;
      const now = performance.now();
      // What follows of a request never overtakes its beginning.
      heldUntil = Math.max(heldUntil, now + latencyMs + (begins ? late() : 0));
      held.push(data);
      // Timers of nearly the same length may fire in any order.
      setTimeout(() => target.write(held.shift() ?? ''), heldUntil - now);
    });
    client.on('end', () => setTimeout(() => target.end(), latencyMs));
    let freeAt = 0;
    target.on('data', (data) => {
      counts.bytesDown += data.length;
      if (bytesPerSecond === undefined) {
        client.write(data);
        return;
      }
      const now = performance.now();
      freeAt = Math.max(freeAt, now) + (data.length / bytesPerSecond) * 1000;
      target.pause();
      setTimeout(() => {
        client.write(data);
        target.resume();
      }, freeAt - now);
    });
    target.on('end', () => client.end());
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    reset: () => Object.assign(counts, { connections: 0, requests: 0, bytesUp: 0, bytesDown: 0 }),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
