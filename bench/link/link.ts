import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { DelayProxyOptions, ProxyCounts } from '../../test/support/delay-proxy.ts';

/** A link to a server, with a delay and a rate, that counts what passes. */
export interface Link {
  endpoint: string;
  /** Sets the counts to zero. */
  reset(): Promise<void>;
  counts(): Promise<ProxyCounts>;
  stop(): void;
}

/** Starts a link of its own process to a port on 127.0.0.1. */
export async function startLink(options: DelayProxyOptions): Promise<Link> {
  const child = fork(path.join(import.meta.dirname, 'proxy-process.ts'), [JSON.stringify(options)]);
  const ask = async <T>(message: string): Promise<T> => {
    child.send(message);
    return ((await once(child, 'message')) as [T])[0];
  };
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    endpoint: `http://127.0.0.1:${port}`,
    reset: async () => {
      await ask('reset');
    },
    counts: () => ask('counts'),
    stop: () => child.disconnect(),
  };
}
