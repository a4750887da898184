import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { Lifetime } from '../base/lifetime.ts';
import { createBlockReader } from '../blocks/create-block-reader.ts';
import { Session, type Listening } from '../session/session.ts';
import { chooseEngine } from '../session/choose-engine.ts';
import { newStoreCounts } from '../store/count.ts';
import { StoreHealth } from '../store/health.ts';
import { openStore } from '../store/open-store.ts';
import { cacheDirectory } from './directories.ts';
import { notice } from './output.ts';
import type { OpenOptions } from './options.ts';
import { resolveEngine, resolveStore } from './resolve.ts';

/** A session on the store that the options name, with everything that must end with it. */
export interface OpenedSession {
  session: Session;
  /** Ends all; says what could not be undone. */
  close: () => Promise<void>;
}

export interface OpeningOptions {
  listen?: Listening;
  signal?: AbortSignal;
  onNotice?: (text: string) => void;
  /** Told of the session before a backup is opened: what that costs can be watched. */
  onStart?: (session: Session) => void;
}

/**
 * Opens the store and a session on it, and the replica and backup where the options name them. Throws what is wrong
 * with the options, the store or the backup; nothing is left open then.
 */
export async function openSession(options: OpenOptions, extra: OpeningOptions = {}): Promise<OpenedSession> {
  const lifetime = new Lifetime();
  const onNotice = options.quiet ? () => undefined : (extra.onNotice ?? notice);
  const close = async (): Promise<void> => {
    for (const failure of await lifetime.close()) notice(`mongoq: could not be undone: ${failure}`);
  };
  try {
    const { url, options: storeOptions, replicaId } = resolveStore(options);
    const replica = options.replicaId ?? replicaId;
    if (options.backupId !== undefined && replica === undefined) {
      const message = `backup ${options.backupId} of which replica?`;
      throw new MongoqError(ErrorCode.usage, message, {
        hint: 'give -r REPLICA; `mongoq show replica-ids` lists them',
      });
    }
    const { engine, mongodPath, cacheDir, cacheSize } = resolveEngine(options);
    const [storeCounts, storeHealth] = [newStoreCounts(), new StoreHealth()];
    const store = await openStore(url, { ...storeOptions, counts: storeCounts, health: storeHealth });
    lifetime.defer('the store', () => store.close());
    const cache = {
      diskCache: options.cache ? { directory: cacheDir ?? cacheDirectory(), maxBytes: cacheSize } : undefined,
    };
    const reader = createBlockReader(store, cache);
    lifetime.defer('the block cache', () => reader.close());
    const openEngine = chooseEngine({
      engine,
      mongodPath,
      download: options.download ?? false,
      reader,
      store,
      storeUrl: url,
      storeOptions,
      cache,
    });
    const session = await Session.start({
      store,
      storeCounts,
      storeHealth,
      reader,
      openEngine,
      onNotice,
      listen: extra.listen,
    });
    lifetime.defer(
      'the session',
      async () => {
        const failures = await session.close();
        if (failures.length > 0) throw new Error(failures.join('; '));
      },
      60_000,
    );
    extra.onStart?.(session);
    if (replica !== undefined) await session.chooseReplica(replica, extra.signal);
    if (options.backupId !== undefined) await session.chooseBackup(options.backupId, extra.signal);
    return { session, close };
  } catch (error) {
    await close();
    throw error;
  }
}
