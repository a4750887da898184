import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';
import type { Address } from '../../wire/address.ts';
import { WireConnection } from '../../wire/connection.ts';
import { mongodArguments } from './arguments.ts';
import { deathWrapper, networkWrapper } from './isolation.ts';
import { LogTail } from './log-tail.ts';
import type { MongodProbe } from './probe.ts';
import { watchParent } from './watch-parent.ts';

export interface StartMongodOptions {
  probe: MongodProbe;
  dbPath: string;
  /** A private directory for its socket. */
  socketDirectory: string;
  /** Told once of what is weaker than it should be. */
  onNotice: (notice: string) => void;
  signal?: AbortSignal | undefined;
}

/** A running mongod. */
export interface MongodProcess {
  readonly address: Address;
  readonly alive: boolean;
  /** Settles when it ends, asked or unasked. */
  readonly ended: Promise<void>;
  /** The error for its having ended unasked, with the end of its log. */
  died(): MongoqError;
  /** SIGTERM, and SIGKILL if that is not enough. */
  stop(): Promise<void>;
}

/** How long a mongod may take to end, milliseconds. */
const stopLimitMs = 10_000;
const connectEveryMs = 25;

/**
 * Starts mongod on a scratch directory and waits until it takes connections, as long as it lives: a slow store makes a
 * slow start. It ends with this process, even if that is killed. Throws engineMongodDied, or the signal's reason.
 */
export async function startMongod(options: StartMongodOptions): Promise<MongodProcess> {
  options.signal?.throwIfAborted();
  const [network, death] = await Promise.all([networkWrapper(), deathWrapper()]);
  const port = network ? 27017 : await freePort();
  if (!network) {
    options.onNotice(
      `mongod listens on 127.0.0.1:${port} without authentication while this backup is open: ` +
        'this system does not allow it a network of its own',
    );
  }
  const mongod = run(options, [...(network ?? []), ...(death ?? [])], port);
  if (!death) void mongod.ended.then(watchParent(mongod.pid));
  try {
    await ready(mongod, options.signal);
    return mongod;
  } catch (error) {
    await mongod.stop();
    throw error;
  }
}

function run(
  options: StartMongodOptions,
  wrapper: readonly string[],
  port: number,
): MongodProcess & { pid: number } {
  const { probe, dbPath, socketDirectory } = options;
  const place = { dbPath, socketDirectory, port, isolated: wrapper.includes('--net') };
  const [program = probe.path, ...args] = [...wrapper, probe.path, ...mongodArguments(probe, place)];
  const child = execa(program, args, {
    stdin: 'ignore',
    buffer: false,
    all: true,
    reject: false,
    cwd: dbPath,
    // Ctrl-C in the terminal goes to every process of its group, and is meant for the shell alone.
    detached: true,
    cleanup: true,
    forceKillAfterDelay: stopLimitMs,
  });
  const log = new LogTail();
  child.all.setEncoding('utf8').on('data', (text: string) => log.push(text));
  let alive = true;
  let how = '';
  const ended = child.then(({ exitCode, signal, shortMessage }) => {
    alive = false;
    if (exitCode !== undefined) how = `with code ${exitCode}`;
    else if (signal !== undefined) how = `by ${signal}`;
    else how = shortMessage ?? '';
  });
  return {
    pid: child.pid ?? 0,
    address: { socketPath: path.join(socketDirectory, `mongodb-${port}.sock`) },
    get alive() {
      return alive;
    },
    ended,
    died: () =>
      new MongoqError(
        ErrorCode.engineMongodDied,
        `mongod ${probe.version} ended ${how}. Its log ends:\n${log.text}`,
      ),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Resolves when it answers on its socket; rejects when it ends before. */
async function ready(mongod: MongodProcess, signal: AbortSignal | undefined): Promise<void> {
  for (;;) {
    signal?.throwIfAborted();
    if (!mongod.alive) throw mongod.died();
    try {
      const connection = await WireConnection.open(mongod.address, signal);
      connection.close();
      return;
    } catch {
      await Promise.race([delay(connectEveryMs), mongod.ended]);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
