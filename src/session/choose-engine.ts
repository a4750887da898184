import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf } from '../base/errors.ts';
import type { BlockReader } from '../blocks/block-reader.ts';
import { findMongod } from '../engine/mongod/find-mongod.ts';
import type { OpenBackupOptions } from '../engine/mongod/open-backup.ts';
import type { MongodProbe } from '../engine/mongod/probe.ts';
import { noCounts } from './counts.ts';
import type { OpenedEngine, OpenEngine } from './open-engine.ts';

export interface EngineChoice extends Pick<
  OpenBackupOptions,
  'store' | 'storeUrl' | 'storeOptions' | 'cache' | 'download'
> {
  /** `auto`: mongod where one with RocksDB is given or found, else the built-in engine. */
  engine: 'auto' | 'builtin' | 'mongod';
  mongodPath?: string | undefined;
  reader: BlockReader;
}

/**
 * How backups are opened, by the user's choice. mongod is looked for once, when the first backup is opened. The engines are large
 * and are loaded where they are needed, so that the prompt does not wait for them.
 */
export function chooseEngine(choice: EngineChoice): OpenEngine {
  let found: Promise<MongodProbe | undefined> | undefined;
  return async (backup, options) => {
    found ??= findByChoice(choice, options.onNotice);
    // A binary that was not there may be there the next time.
    found.catch(() => (found = undefined));
    const mongod = await found;
    return mongod ? openOnMongod(choice, mongod, backup, options) : openBuiltIn(choice, backup, options);
  };
}

async function openBuiltIn(
  { reader }: EngineChoice,
  ...[backup, options]: Parameters<OpenEngine>
): Promise<OpenedEngine> {
  const { openRocksEngine } = await import('../engine/rocks/rocks-engine.ts');
  const engine = await openRocksEngine({ reader, backup, ...options });
  return {
    engine,
    description: 'built in',
    alive: () => true,
    counts: () => Promise.resolve(noCounts),
    close: () => engine.close(),
  };
}

async function openOnMongod(
  { store, storeUrl, storeOptions, cache, download }: EngineChoice,
  mongod: MongodProbe,
  ...[backup, options]: Parameters<OpenEngine>
): Promise<OpenedEngine> {
  const { openBackupOnMongod } = await import('../engine/mongod/open-backup.ts');
  const opened = await openBackupOnMongod({
    backup,
    mongod,
    store,
    storeUrl,
    storeOptions,
    cache,
    download,
    ...options,
  });
  const close = async (): Promise<void> => {
    const failures = await opened.close();
    if (failures.length > 0) throw new Error(failures.join('; '));
  };
  return { ...opened, close };
}

/**
 * The mongod to use; undefined for the built-in engine. A mongod that is named must work; one that is found may not, or
 * have no mount to work on.
 */
async function findByChoice(
  { engine, mongodPath, download }: EngineChoice,
  onNotice: (notice: string) => void,
): Promise<MongodProbe | undefined> {
  if (engine === 'builtin') return undefined;
  if (engine === 'mongod' || mongodPath !== undefined) return probe(await findMongod(mongodPath));
  const found = await findMongod().catch(() => undefined);
  if (found === undefined) return undefined;
  try {
    const { whyNoMount } = await import('../mount/available.ts');
    const noMount = download ? undefined : await whyNoMount();
    if (noMount) throw noMount;
    return await probe(found);
  } catch (error) {
    if (!isMongoqError(error, ErrorCode.engineNoMongod, ErrorCode.mountUnavailable)) throw error;
    onNotice(`${messageOf(error)}; the built-in engine answers`);
    return undefined;
  }
}

async function probe(mongod: string): Promise<MongodProbe> {
  const { probeMongod } = await import('../engine/mongod/probe.ts');
  return probeMongod(mongod);
}
