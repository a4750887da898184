import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseDuration } from '../operations/go-duration.ts';

/** Where the backups are: options that every command has. */
export interface StoreOptions {
  store?: string;
  bucket?: string;
  bucketPrefix?: string;
  region?: string;
  endpointUrl?: string;
  profile?: string;
  quiet?: boolean;
}

/** How a backup is opened: options of the commands that read inside one. */
export interface OpenOptions extends StoreOptions {
  replicaId?: string;
  backupId?: string;
  engine?: 'auto' | 'builtin' | 'mongod';
  mongodPath?: string;
  download?: boolean;
  /** False after --no-cache. */
  cache: boolean;
  cacheDir?: string;
  cacheSize?: number;
}

export function addStoreOptions(command: Command): Command {
  return command
    .option('--store <url>', 's3://bucket/prefix, file:///dir, a path or @name (env MONGOQ_STORE)')
    .option('-b, --bucket <name>', 'S3 bucket')
    .option('-p, --bucket-prefix <prefix>', 'prefix in the bucket')
    .option('-R, --region <region>', 'AWS region')
    .option('--endpoint-url <url>', 'S3-compatible endpoint (env AWS_ENDPOINT_URL_S3)')
    .option('--profile <name>', 'AWS profile')
    .option('-q, --quiet', 'no progress, no notices');
}

export function addOpenOptions(command: Command): Command {
  return addStoreOptions(command)
    .option('-r, --replica-id <id>', 'replica to choose')
    .option('-i, --backup-id <id>', 'backup to open: an id, latest, first, or a date')
    .addOption(
      new Option(
        '--engine <kind>',
        'what answers: mongod where there is one with RocksDB, else the built-in engine',
      ).choices(['auto', 'builtin', 'mongod']),
    )
    .option('--mongod-path <file>', 'the MongoRocks mongod to use')
    .option('--download', 'fetch the files first instead of mounting them')
    .option('--cache-dir <dir>', 'where fetched blocks are kept')
    .option('--cache-size <size>', 'at most this much of it, such as 4G', parseSize)
    .option('--no-cache', 'keep nothing on disk')
    .addOption(accepted('-m, --mount-path <dir>'))
    .addOption(accepted('--mongo-path <file>'));
}

/**
 * An option of rocks-strata's that changes nothing here, so that its command lines go on working: backups are mounted
 * where nobody else looks, and no mongo shell is started.
 */
function accepted(flags: string): Option {
  return new Option(flags, 'accepted for rocks-strata, changes nothing').hideHelp();
}

/** Bytes from a number with an optional K, M, G or T (powers of 1024). */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text);
  if (!match) throw new InvalidArgumentError('a size looks like 500M or 4G');
  return Math.floor(Number(match[1]) * 1024 ** ' kmgt'.indexOf((match[2] || ' ').toLowerCase()));
}

/** Milliseconds from a duration as rocks-strata takes it (Go's): 720h, 2h45m30s, 0. */
export function parseMilliseconds(text: string): number {
  const nanoseconds = parseDuration(text);
  if (nanoseconds === undefined || nanoseconds < 0)
    throw new InvalidArgumentError('a duration looks like 720h or 2h45m30s');
  return nanoseconds / 1e6;
}

/** A whole number from `least` to `most`. */
export function parseNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed`);
    }
    return value;
  };
}
