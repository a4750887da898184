import { access, constants, mkdir } from 'node:fs/promises';
import { isMongoqError, messageOf } from '../base/errors.ts';
import { Catalog } from '../catalog/catalog.ts';
import { findMongod } from '../engine/mongod/find-mongod.ts';
import { probeMongod } from '../engine/mongod/probe.ts';
import { whyNoMount } from '../mount/available.ts';
import { openStore } from '../store/open-store.ts';
import { cacheDirectory, stateDirectory } from './directories.ts';
import type { StoreOptions } from './options.ts';
import { resolveStore } from './resolve.ts';
import { readSettings, settingsFile } from './settings.ts';

/** What was looked at, and what came of it. */
export interface Check {
  name: string;
  /** `optional`: it does not work, and mongoq works without. */
  state: 'good' | 'optional' | 'bad';
  /** A sentence. */
  found: string;
  /** What mends it. */
  mend?: string | undefined;
}

/** The difference between this clock and S3's that S3 still accepts, minutes. */
const clockMinutes = 15;

/** Looks at everything that mongoq depends on here; changes nothing but making its own directories. */
export async function* runChecks(options: StoreOptions & { mongodPath?: string }): AsyncGenerator<Check> {
  yield {
    name: 'Node.js',
    state: 'good',
    found: `${process.version} on ${process.platform} ${process.arch}`,
  };
  yield await checkSettings();
  yield await checkDirectory('cache', cacheDirectory());
  yield await checkDirectory('history', stateDirectory());
  yield await checkMount();
  yield await checkMongod(options.mongodPath);
  yield* checkStore(options);
}

async function checkSettings(): Promise<Check> {
  return guarded('settings', 'bad', () => {
    const names = Object.keys(readSettings().stores ?? {});
    return Promise.resolve(`${settingsFile()}: ${names.length} named stores`);
  });
}

async function checkDirectory(name: string, directory: string): Promise<Check> {
  const check = await guarded(`${name} directory`, 'bad', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
    return `${directory} can be written`;
  });
  return check.state === 'good'
    ? check
    : { ...check, mend: `make ${directory} writable, or set XDG_CACHE_HOME and XDG_STATE_HOME` };
}

async function checkMount(): Promise<Check> {
  const missing = await whyNoMount();
  if (!missing) return { name: 'FUSE', state: 'good', found: 'backups can be mounted' };
  return {
    name: 'FUSE',
    state: 'optional',
    found: `${missing.message}; only needed for mongod`,
    mend: missing.hint,
  };
}

async function checkMongod(given: string | undefined): Promise<Check> {
  const check = await guarded('mongod', given === undefined ? 'optional' : 'bad', async () => {
    const probe = await probeMongod(await findMongod(given));
    return `${probe.path} is ${probe.version} with RocksDB`;
  });
  return check.state === 'good'
    ? check
    : { ...check, found: `${check.found}; the built-in engine answers without` };
}

async function* checkStore(options: StoreOptions): AsyncGenerator<Check> {
  let url = 'store';
  const check = await guarded('store', 'bad', async () => {
    const resolved = resolveStore(options);
    url = resolved.url;
    const store = await openStore(url, { ...resolved.options, retries: 1 });
    try {
      const replicas = await new Catalog(store).listReplicas(AbortSignal.timeout(20_000));
      return `${url}: ${replicas.length} replicas can be listed`;
    } finally {
      await store.close();
    }
  });
  yield check.state === 'good' ? check : { ...check, name: `store ${url}` };
  const { endpointUrl } = options;
  if (url.startsWith('s3:'))
    yield await checkClock(endpointUrl ?? process.env['AWS_ENDPOINT_URL_S3'] ?? 'https://s3.amazonaws.com');
}

/** S3 refuses requests whose time is more than a quarter of an hour off; it tells its own in every answer. */
async function checkClock(endpoint: string): Promise<Check> {
  return guarded('clock', 'optional', async () => {
    const answer = await fetch(endpoint, {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    });
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return `${endpoint} does not tell its time`;
    const minutes = Math.abs(Date.now() - theirs) / 60_000;
    if (minutes > clockMinutes)
      throw new Error(`this clock and the one of ${endpoint} differ by ${Math.round(minutes)} minutes`);
    return `agrees with ${endpoint}`;
  });
}

/** Runs a check; what it throws is what was found. */
async function guarded(name: string, failed: 'optional' | 'bad', run: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: 'good', found: await run() };
  } catch (error) {
    return {
      name,
      state: failed,
      found: messageOf(error),
      mend: isMongoqError(error) ? error.hint : undefined,
    };
  }
}
