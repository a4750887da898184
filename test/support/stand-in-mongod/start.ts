import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connectReplica } from '../../../src/operations/connection.ts';
import { installMongod } from './install.ts';

/** Whom a mongod that was started with `--auth` lets in. */
export const user = { username: 'backup', password: 'pässword' };

/** A mongod that runs. */
export interface RunningMongod {
  port: number;
  /** Ends it cleanly. */
  stop: () => Promise<void>;
}

/** Starts a mongod on `dbPath`, once it answers; `work` is a directory for its program. */
export async function startMongod(work: string, dbPath: string, ...more: string[]): Promise<RunningMongod> {
  const port = await freePort();
  const address = ['--dbpath', dbPath, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const server = spawn(await installMongod(work), [...address, ...more], {
    env: { ...process.env, STAND_IN_MONGOD_USER: `${user.username}:${user.password}` },
    stdio: 'ignore',
  });
  const exited = once(server, 'exit');
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM');
    await exited;
  };
  try {
    await untilItAnswers(port, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, stop };
}

async function untilItAnswers(port: number, server: ChildProcess): Promise<void> {
  for (;;) {
    try {
      await (await connectReplica({ host: '127.0.0.1', port })).close();
      return;
    } catch (error) {
      if (server.exitCode !== null) throw error;
      await delay(100);
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
