import { access, constants } from 'node:fs/promises';
import { abortable } from '../base/abortable.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf, MongoqError } from '../base/errors.ts';
import { makeFolder } from '../base/make-folder.ts';
import { Catalog } from '../catalog/catalog.ts';
import { findMongod } from '../engine/mongod/find-mongod.ts';
import { probeMongod } from '../engine/mongod/probe.ts';
import { whyNoMount } from '../mount/available.ts';
import { createRunDirectory, runParents } from '../mount/run-directory.ts';
import { openStore } from '../store/open-store.ts';
import { cacheDirectory, stateDirectory } from './directories.ts';
import type { StoreOptions } from './options.ts';
import { resolveEngine, resolveStore, type ResolvedStore } from './resolve.ts';
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

/** How long the store may take for a listing. */
const storeSeconds = 20;
/** The difference between this clock and S3's that S3 still accepts, minutes. */
const clockMinutes = 15;

export interface DoctorOptions extends StoreOptions {
  mongodPath?: string;
  cacheDir?: string;
}

/** The oldest Node.js that package.json allows. */
const leastNode = [20, 19] as const;

/**
 * Looks at everything that mongoq depends on here; changes nothing but making its own directories. Throws the signal's
 * reason when it is aborted.
 */
export async function* runChecks(options: DoctorOptions, signal: AbortSignal): AsyncGenerator<Check> {
  yield checkNode(process.versions.node);
  yield await checkSettings();
  const given = givenCache(options);
  yield await checkDirectory('cache', given ?? cacheDirectory(), {
    failed: given === undefined ? 'optional' : 'bad',
    without: 'every session fetches its blocks anew',
    moved: 'XDG_CACHE_HOME or --cache-dir',
  });
  yield await checkDirectory('history', stateDirectory(), {
    failed: 'optional',
    without: 'what was typed is forgotten',
    moved: 'XDG_STATE_HOME',
  });
  yield await checkRunDirectory();
  yield await checkMount();
  yield await checkMongod(options.mongodPath, signal);
  yield* checkStore(options, signal);
}

/** Whether this Node.js is new enough for us. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const good = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  const found = `v${version} on ${process.platform} ${process.arch}`;
  return good
    ? { name: 'Node.js', state: 'good', found }
    : {
        name: 'Node.js',
        state: 'bad',
        found: `${found} is too old`,
        mend: `install Node.js ${leastNode.join('.')} or newer, such as by \`nvm install 22\``,
      };
}

/** Where blocks should be kept by the user's wish; the check of the settings says what is wrong with those. */
function givenCache({ cacheDir }: DoctorOptions): string | undefined {
  try {
    return resolveEngine({ cache: true, ...(cacheDir === undefined ? {} : { cacheDir }) }).cacheDir;
  } catch {
    return cacheDir;
  }
}

async function checkSettings(): Promise<Check> {
  return guarded('settings', 'bad', async () => {
    const names = Object.keys(readSettings().stores ?? {});
    const file = settingsFile();
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    return isThere
      ? `${file} names ${names.length === 1 ? '1 store' : `${names.length} stores`}`
      : `there are none: no file ${file}`;
  });
}

/** `without`: what comes of it if the directory cannot be written; `moved`: what chooses another. */
async function checkDirectory(
  name: string,
  directory: string,
  { failed, without, moved }: { failed: 'optional' | 'bad'; without: string; moved: string },
): Promise<Check> {
  try {
    await makeFolder(directory, 0o700);
    await access(directory, constants.W_OK);
    return { name: `${name} directory`, state: 'good', found: `${directory} can be written` };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const makeIt = `run as root: install -d -o ${process.getuid?.() ?? 'USER'} ${directory}, or choose another by ${moved}`;
    return {
      name: `${name} directory`,
      state: failed,
      found: `${messageOf(error)}; ${without}`,
      mend: code === 'EACCES' ? makeIt : `choose another directory than ${directory} by ${moved}`,
    };
  }
}

/** Where sockets, mounts and scratch files lie while mongoq runs. */
async function checkRunDirectory(): Promise<Check> {
  return guarded('directory for sockets', 'bad', async () => {
    const [parent] = runParents();
    const run = await createRunDirectory(parent);
    await run.remove();
    return `${parent} can be written`;
  });
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

async function checkMongod(given: string | undefined, signal: AbortSignal): Promise<Check> {
  const check = await guarded('mongod', given === undefined ? 'optional' : 'bad', async () => {
    const probe = await abortable(findMongod(given).then(probeMongod), signal);
    return `${probe.path} is ${probe.version} with RocksDB`;
  });
  return check.state === 'optional'
    ? { ...check, found: `${check.found}; the built-in engine answers without` }
    : check;
}

async function* checkStore(options: StoreOptions, signal: AbortSignal): AsyncGenerator<Check> {
  let store: ResolvedStore | undefined;
  yield await guarded('store', 'bad', async () => {
    store = resolveStore(options);
    return await readFrom(store, signal);
  });
  if (!store?.url.startsWith('s3:')) return;
  yield await checkClock(
    store.options.endpointUrl ?? process.env['AWS_ENDPOINT_URL_S3'] ?? 'https://s3.amazonaws.com',
    signal,
  );
}

/** Lists the store's replicas, and reads the figures of one backup: listing and reading are permissions of their own. */
async function readFrom({ url, options }: ResolvedStore, stop: AbortSignal): Promise<string> {
  const timeout = AbortSignal.timeout(storeSeconds * 1000);
  const signal = AbortSignal.any([timeout, stop]);
  const store = await openStore(url, { ...options, retries: 1 });
  try {
    const catalog = new Catalog(store);
    const [replica, ...others] = await catalog.listReplicas(signal);
    if (replica === undefined) return `${url} can be listed, and has no backups`;
    const backup = (await catalog.listBackups(replica, { signal, stats: 'none' })).at(-1);
    if (backup) await catalog.withStats([backup], { signal });
    const count = others.length === 0 ? '1 replica' : `${others.length + 1} replicas`;
    return `${url}: ${count}; listing and reading work`;
  } catch (error) {
    if (stop.aborted || !timeout.aborted) throw error;
    throw new MongoqError(ErrorCode.storeUnavailable, `${url} has not answered for ${storeSeconds} s`, {
      hint: 'check the network, the endpoint (--endpoint-url or AWS_ENDPOINT_URL_S3) and the proxy',
      cause: error,
    });
  } finally {
    await store.close();
  }
}

/** S3 refuses requests whose time is more than a quarter of an hour off; it tells its own in every answer. */
async function checkClock(endpoint: string, stop: AbortSignal): Promise<Check> {
  return guarded('clock', 'optional', async () => {
    const theirs = await timeOf(endpoint, stop);
    if (theirs === undefined) return `not compared: ${endpoint} does not tell its time`;
    const minutes = Math.abs(Date.now() - theirs) / 60_000;
    if (minutes <= clockMinutes) return `agrees with ${endpoint}`;
    throw new MongoqError(
      ErrorCode.storeDenied,
      `this clock and the one of ${endpoint} differ by ${Math.round(minutes)} minutes, and S3 refuses more than ${clockMinutes}`,
      { hint: 'set the clock: `timedatectl set-ntp true`' },
    );
  });
}

/** The time in the endpoint's answer, whatever that is; undefined without one. */
async function timeOf(endpoint: string, stop: AbortSignal): Promise<number | undefined> {
  try {
    const signal = AbortSignal.any([AbortSignal.timeout(5000), stop]);
    const answer = await fetch(endpoint, { redirect: 'manual', signal });
    await answer.body?.cancel();
    const time = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(time) ? undefined : time;
  } catch {
    stop.throwIfAborted();
    return undefined;
  }
}

/** Runs a check; what it throws is what was found, but for the end of all. */
async function guarded(name: string, failed: 'optional' | 'bad', run: () => Promise<string>): Promise<Check> {
  try {
    return { name, state: 'good', found: await run() };
  } catch (error) {
    if (isMongoqError(error, ErrorCode.cancelled)) throw error;
    return {
      name,
      state: failed,
      found: messageOf(error),
      mend: isMongoqError(error) ? error.hint : undefined,
    };
  }
}
