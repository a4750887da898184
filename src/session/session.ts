import path from 'node:path';
import { Lifetime } from '../base/lifetime.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { BlockReader, ReadCounts } from '../blocks/block-reader.ts';
import { Catalog, type BackupSummary } from '../catalog/catalog.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../gateway/server.ts';
import { allRequests, type StoreCounts } from '../store/count.ts';
import type { Failing } from '../store/health.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { createRunDirectory, removeStaleRuns, runParents } from '../mount/run-directory.ts';
import { addCounts, noCounts, subtractCounts } from './counts.ts';
import type { OpenEngine, OpenedEngine } from './open-engine.ts';
import { noBackup } from './no-backup.ts';
import { OpenBackups } from './open-backups.ts';
import { RevivingEngine } from './reviving-engine.ts';
import { endOfTime, selectBackup } from './select-backup.ts';

/** A TCP address for clients, and what is asked of them there. */
export interface Listening extends Pick<GatewayOptions, 'auth' | 'tls' | 'limits'> {
  host: string;
  port: number;
}

export interface SessionOptions {
  store: ObjectStore;
  /** What has gone through `store`, listings and all: countStore's, which the caller has put below it. */
  storeCounts: Readonly<StoreCounts>;
  /** Whether the store answers: the caller has put it into the store. */
  storeHealth?: Failing | undefined;
  reader: BlockReader;
  /** Opens a backup with the engine that the user asked for. */
  openEngine: OpenEngine;
  /** Where clients connect. Default: a Unix socket in a private directory. */
  listen?: Listening | undefined;
  /** Told, once each, of things that the user should know but that stop nothing. */
  onNotice: (notice: string) => void;
}

export type { ReadCounts };

export interface SessionStatus {
  backup: BackupSummary | undefined;
  /** What answers, in words: "built in", "mongod 3.4.10 over the mount at ...". */
  engine: string | undefined;
  counts: ReadCounts;
  /** What the command last begun has cost so far. */
  lastCounts: ReadCounts;
  /** How long the store has not answered as it should, though it is asked again and again; milliseconds. */
  failingMs: number;
  /** What the last attempt failed by, in a few words, where that is known. */
  failingReason: string;
}

/**
 * One user's way through a store: the replica and backup that are chosen, the gateway that answers from them, and
 * everything that must end with it. The gateway's address stays the same whatever is chosen.
 */
export class Session {
  readonly storeUrl: string;
  readonly #catalog: Catalog;
  readonly #options: SessionOptions;
  readonly #lifetime = new Lifetime();
  readonly #opened: OpenBackups;
  #gateway: Gateway | undefined;
  #replica: string | undefined;
  #backup: BackupSummary | undefined;
  #current: OpenedEngine | undefined;
  #countsBefore: ReadCounts = noCounts;
  /** Milliseconds that the catalog was waited for. */
  #catalogWaitedMs = 0;

  private constructor(options: SessionOptions) {
    this.#options = options;
    this.storeUrl = options.store.url;
    this.#catalog = new Catalog(options.store);
    this.#opened = new OpenBackups((ref, signal) => this.#open(ref, signal), options.onNotice);
  }

  /** Starts the gateway; nothing is read from the store yet. Throws gatewayListen. */
  static async start(options: SessionOptions): Promise<Session> {
    const session = new Session(options);
    const { listen } = options;
    try {
      // What sessions left behind that were killed.
      for (const parent of runParents()) {
        for (const failure of await removeStaleRuns(parent))
          options.onNotice(`could not be removed: ${failure}`);
      }
      session.#lifetime.defer('the opened backups', () => session.#opened.close(), 30_000);
      const gateway = await startGateway({
        engine: noBackup,
        listen: listen ?? { socketPath: await session.#socketPath() },
        auth: listen?.auth,
        tls: listen?.tls,
        limits: listen?.limits,
      });
      session.#lifetime.defer('the gateway', () => gateway.close());
      session.#gateway = gateway;
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** The gateway's connection string. */
  get uri(): string {
    return this.#gateway?.uri ?? '';
  }

  get replica(): string | undefined {
    return this.#replica;
  }

  get backup(): BackupSummary | undefined {
    return this.#backup;
  }

  listReplicas(signal?: AbortSignal): Promise<string[]> {
    return this.#waited(this.#catalog.listReplicas(signal));
  }

  /** The chosen replica's backups, oldest first, without stats: by listing alone. Throws nothingChosen. */
  async listBackups(signal?: AbortSignal): Promise<BackupSummary[]> {
    const { onNotice } = this.#options;
    const options = { signal, onNotice, stats: 'none' } as const;
    return this.#waited(this.#catalog.listBackups(this.#needReplica(), options));
  }

  /** The same backups with their stats: a request for each. */
  withStats(backups: readonly BackupSummary[], signal?: AbortSignal): Promise<BackupSummary[]> {
    return this.#waited(this.#catalog.withStats(backups, { signal, onNotice: this.#options.onNotice }));
  }

  /** Chooses a replica; no backup is chosen then. Throws catalogNoReplica if it has no backups. */
  async chooseReplica(id: string, signal?: AbortSignal): Promise<void> {
    const replicas = await this.listReplicas(signal);
    if (!replicas.includes(id)) {
      throw new MongoqError(ErrorCode.catalogNoReplica, `there is no replica ${id} in ${this.storeUrl}`, {
        hint:
          replicas.length > 0
            ? `there are: ${replicas.slice(0, 20).join(', ')}`
            : 'the store has no backups at all: check its bucket and prefix',
      });
    }
    this.#replica = id;
    this.#backup = undefined;
    this.#current = undefined;
    this.#gateway?.setEngine(noBackup);
  }

  /**
   * Opens the backup that `words` mean (select-backup.ts) and answers from it from now on. The choice changes only once
   * the backup is open. Throws nothingChosen, catalogNoBackup, and what opening throws.
   */
  async chooseBackup(
    words: string,
    signal?: AbortSignal,
  ): Promise<{ backup: BackupSummary; engine: string }> {
    const replica = this.#needReplica();
    const backups = await this.#waited(this.#catalog.listBackups(replica, { signal, stats: 'none' }));
    const selection = selectBackup(backups, words, this.#backup?.id);
    if (!selection) {
      throw new MongoqError(ErrorCode.catalogNoBackup, whatIsMissing(replica, words, this.#backup), {
        hint: `${someOf(backups)}; an id, latest, first, -1 or a date such as 2017-03-01 chooses one`,
      });
    }
    const { backup } = selection;
    const opened = await this.#opened.get(backup, signal);
    this.#gateway?.setEngine(new RevivingEngine(opened, () => this.#reopen(backup)));
    this.#backup = backup;
    this.#current = opened;
    return { backup, engine: opened.description };
  }

  /** From here on `status` counts the last command's costs anew. */
  async beginCommand(): Promise<void> {
    this.#countsBefore = await this.#counts();
  }

  async status(): Promise<SessionStatus> {
    const counts = await this.#counts();
    const { failingSince, reason = '' } = this.#options.storeHealth ?? {};
    return {
      backup: this.#backup,
      engine: this.#current?.description,
      counts,
      lastCounts: subtractCounts(counts, this.#countsBefore),
      failingMs: failingSince === undefined ? 0 : performance.now() - failingSince,
      failingReason: reason,
    };
  }

  /** Ends everything; returns a sentence for each thing that could not be undone. */
  close(): Promise<string[]> {
    return this.#lifetime.close();
  }

  /** The backup again, after its engine has died. */
  async #reopen(backup: BackupSummary): Promise<OpenedEngine> {
    const opened = await this.#opened.get(backup);
    this.#options.onNotice(`backup ${backup.id} was opened again, as its mongod or mount had ended`);
    if (this.#backup?.key === backup.key) this.#current = opened;
    return opened;
  }

  async #open(summary: BackupSummary, signal?: AbortSignal): Promise<OpenedEngine> {
    const { onNotice, openEngine } = this.#options;
    const backup = await this.#waited(this.#catalog.loadRef(summary, { signal, onNotice }));
    return openEngine(backup, { signal, onNotice });
  }

  /** The reader's, and what went past it: the catalog's requests, whose bytes are all used. */
  async #counts(): Promise<ReadCounts> {
    const { reader, storeCounts } = this.#options;
    const { bytesFetched, bytesUsed, hits, waitedMs } = reader.counts;
    const here = {
      requests: allRequests(storeCounts),
      bytesFetched: storeCounts.bytesRead,
      bytesUsed: bytesUsed + storeCounts.bytesRead - bytesFetched,
      hits,
      waitedMs: waitedMs + this.#catalogWaitedMs,
    };
    return addCounts(here, await this.#opened.counts());
  }

  async #waited<T>(work: Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work;
    } finally {
      this.#catalogWaitedMs += performance.now() - began;
    }
  }

  /** In a directory that only this user can enter. */
  async #socketPath(): Promise<string> {
    const run = await createRunDirectory(runParents()[0]);
    this.#lifetime.defer(`the directory ${run.path}`, () => run.remove());
    return path.join(run.path, 'mongoq.sock');
  }

  #needReplica(): string {
    if (this.#replica !== undefined) return this.#replica;
    throw new MongoqError(ErrorCode.nothingChosen, 'no replica is chosen', {
      hint: 'lr lists the replicas, cr ID chooses one',
    });
  }
}

/** Why no backup is chosen, in a sentence without its end. */
function whatIsMissing(replica: string, words: string, current: BackupSummary | undefined): string {
  if (endOfTime(words) !== undefined) return `replica ${replica} has no backup at or before ${words}`;
  if (!/^[+-]\d+$/.test(words)) return `replica ${replica} has no backup ${words}`;
  if (!current) return `${words} counts from the backup that is open, and none is`;
  const steps = words.slice(1);
  const where = words.startsWith('-') ? 'before' : 'after';
  return `replica ${replica} has no ${steps === '1' ? 'backup' : `${steps} backups`} ${where} ${current.id}`;
}

/** The ids of the newest backups, to choose from. */
function someOf(backups: readonly BackupSummary[]): string {
  const shown = 10;
  const ids = backups.slice(-shown).map(({ id }) => id);
  return backups.length > shown ? `the newest are ${ids.join(', ')}` : `there are ${ids.join(', ')}`;
}
