import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Lifetime } from '../../base/lifetime.ts';
import { forOldServer, withoutTransport } from '../../wire/translate.ts';
import type { CommandRequest, Engine, EngineInfo } from '../engine.ts';
import { ConnectionPool } from './connection-pool.ts';
import { type MongodProcess, startMongod } from './process.ts';
import { findMongod } from './find-mongod.ts';
import { type MongodProbe, probeMongod } from './probe.ts';
import { runCommand } from './run-command.ts';
import { makeScratch } from './scratch.ts';

export interface OpenMongodOptions {
  /** The binary; without it the first mongod on PATH. A probe spares asking it again. */
  mongod?: string | MongodProbe | undefined;
  /** The directory that shows the checkpoint's files: a mount, or a real one. Nothing in it is changed. */
  checkpoint: string;
  /** An empty private directory on a local disk, for mongod's own files and its socket; removed by its owner. */
  scratch: string;
  onNotice?: ((notice: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** An engine that is a mongod of its own. */
export interface MongodEngine extends Engine {
  readonly probe: MongodProbe;
  readonly alive: boolean;
  /** Settles when mongod ends, asked or unasked. */
  readonly ended: Promise<void>;
}

/**
 * Starts the user's MongoRocks mongod on a backup's files, read-only where it has such a mode and never compacting.
 * Throws engineNoMongod, engineMongodDied; nothing is left running then.
 */
export async function openMongodEngine(options: OpenMongodOptions): Promise<MongodEngine> {
  const { mongod, checkpoint, scratch, onNotice = () => undefined, signal } = options;
  const probe = typeof mongod === 'object' ? mongod : await probeMongod(await findMongod(mongod));
  signal?.throwIfAborted();
  const dbPath = path.join(scratch, 'data');
  await mkdir(dbPath);
  await makeScratch(dbPath, checkpoint, probe);
  const process = await startMongod({ probe, dbPath, socketDirectory: scratch, onNotice, signal });
  return new RunningMongod(probe, process);
}

class RunningMongod implements MongodEngine {
  readonly info: EngineInfo;
  readonly probe: MongodProbe;
  readonly #process: MongodProcess;
  readonly #pool: ConnectionPool;
  readonly #lifetime = new Lifetime();

  constructor(probe: MongodProbe, process: MongodProcess) {
    this.probe = probe;
    this.info = { kind: 'mongod', version: probe.version };
    this.#process = process;
    this.#pool = new ConnectionPool(process.address);
    this.#lifetime.defer('mongod', () => process.stop(), 30_000);
    this.#lifetime.defer('the connections to mongod', () => this.#pool.close());
  }

  get alive(): boolean {
    return this.#process.alive;
  }

  get ended(): Promise<void> {
    return this.#process.ended;
  }

  async run({ db, command, signal }: CommandRequest): Promise<Buffer> {
    signal.throwIfAborted();
    try {
      return await runCommand(this.#pool, {
        db,
        command: (speaksMsg) => (speaksMsg ? withoutTransport(command) : forOldServer(command)),
        signal,
      });
    } catch (error) {
      throw await this.#explain(error);
    }
  }

  async close(): Promise<void> {
    const [failure] = await this.#lifetime.close();
    if (failure !== undefined) throw new Error(failure);
  }

  /** A lost connection is as a rule a mongod that died: its log says why. */
  async #explain(error: unknown): Promise<unknown> {
    if (this.#lifetime.closed) return error;
    const waitMs = 1000;
    await Promise.race([this.#process.ended, new Promise((resolve) => setTimeout(resolve, waitMs))]);
    return this.#process.alive ? error : this.#process.died();
  }
}
