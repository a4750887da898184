import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { parseSize, type OpenOptions, type StoreOptions } from './options.ts';
import { readSettings, settingsFile, type NamedStore, type Settings } from './settings.ts';

/** Which store, and how it is reached: flags over environment over settings. */
export interface ResolvedStore {
  url: string;
  options: { endpointUrl: string | undefined; region: string | undefined; profile: string | undefined };
  /** The replica that the settings name for this store. */
  replicaId: string | undefined;
}

/** Throws usage if no store is given, settings if a name is not known or the settings file is wrong. */
export function resolveStore(options: StoreOptions, settings: Settings = readSettings()): ResolvedStore {
  const given = givenStore(options, settings);
  const named = given.startsWith('@') ? namedStore(given.slice(1), settings) : undefined;
  return {
    url: named?.url ?? given,
    options: {
      endpointUrl: options.endpointUrl ?? named?.endpointUrl,
      region: options.region ?? named?.region,
      profile: options.profile ?? named?.profile,
    },
    replicaId: named?.replicaId,
  };
}

/**
 * The replica that a command reads of: the one given, or else the one that the settings name for the store. Throws usage
 * without either, and as resolveStore does.
 */
export function resolveReplica(options: StoreOptions & { replicaId?: string }): string {
  const replica = options.replicaId ?? resolveStore(options).replicaId;
  if (replica !== undefined) return replica;
  throw new MongoqError(ErrorCode.usage, 'which replica?', {
    hint: 'give -r REPLICA; `mongoq show replica-ids` lists them',
  });
}

function givenStore({ store, bucket, bucketPrefix }: StoreOptions, settings: Settings): string {
  if (store !== undefined && bucket !== undefined) {
    throw new MongoqError(ErrorCode.usage, '--store and --bucket exclude each other');
  }
  if (bucketPrefix !== undefined && bucket === undefined) {
    throw new MongoqError(ErrorCode.usage, `--bucket-prefix ${bucketPrefix} is given without a --bucket`);
  }
  if (bucket !== undefined) return `s3://${bucket}/${bucketPrefix ?? ''}`;
  const given = store ?? (process.env['MONGOQ_STORE'] || settings.store);
  if (given !== undefined && given !== '') return given;
  throw new MongoqError(ErrorCode.usage, 'no store is given', {
    hint: 'give --store s3://bucket/prefix, --store DIRECTORY, or -b BUCKET -p PREFIX',
  });
}

function namedStore(name: string, { stores = {} }: Settings): NamedStore {
  const found = Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (found) return found;
  const names = Object.keys(stores);
  throw new MongoqError(ErrorCode.settings, `there is no store @${name} in ${settingsFile()}`, {
    hint: names.length > 0 ? `there are: ${names.map((one) => `@${one}`).join(', ')}` : 'it names no stores',
  });
}

/** How backups are opened. */
export interface ResolvedEngine {
  engine: 'auto' | 'builtin' | 'mongod';
  mongodPath: string | undefined;
  cacheDir: string | undefined;
  /** Bytes. */
  cacheSize: number;
}

const defaultCacheSize = 4 * 1024 ** 3;

/** Throws settings if a value is not one of those allowed. */
export function resolveEngine(options: OpenOptions, settings: Settings = readSettings()): ResolvedEngine {
  const engine = options.engine ?? (process.env['MONGOQ_ENGINE'] || settings.engine) ?? 'auto';
  if (engine !== 'auto' && engine !== 'builtin' && engine !== 'mongod') {
    throw new MongoqError(ErrorCode.settings, `the engine is auto, builtin or mongod, not ${engine}`);
  }
  return {
    engine,
    mongodPath: options.mongodPath ?? (process.env['MONGOQ_MONGOD'] || settings.mongodPath),
    cacheDir: options.cacheDir ?? (process.env['MONGOQ_CACHE_DIR'] || settings.cacheDir),
    cacheSize: options.cacheSize ?? sizeOf(settings.cacheSize) ?? defaultCacheSize,
  };
}

function sizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return parseSize(text);
  } catch {
    throw new MongoqError(ErrorCode.settings, `cacheSize in ${settingsFile()} is no size: ${text}`, {
      hint: 'a size looks like 500M or 4G',
    });
  }
}
