import { InvalidArgumentError, Option, type Command } from 'commander';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

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
  engine: 'auto' | 'builtin' | 'mongod';
  mongodPath?: string;
  download?: boolean;
  /** False after --no-cache. */
  cache: boolean;
  cacheDir?: string;
  cacheSize: number;
}

export function addStoreOptions(command: Command): Command {
  return command
    .option('--store <url>', 's3://bucket/prefix, file:///dir or a path (env MONGOQ_STORE)')
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
      )
        .choices(['auto', 'builtin', 'mongod'])
        .default('auto'),
    )
    .option('--mongod-path <file>', 'the MongoRocks mongod to use')
    .option('--download', 'fetch the files first instead of mounting them')
    .option('--cache-dir <dir>', 'where fetched blocks are kept')
    .option('--cache-size <size>', 'at most this much of it, such as 4G', parseSize, 4 * 1024 ** 3)
    .option('--no-cache', 'keep nothing on disk');
}

/** The store's URL from the options or the environment. Throws a usage error that says how to give one. */
export function storeUrl({ store, bucket, bucketPrefix }: StoreOptions): string {
  if (store !== undefined && bucket !== undefined) {
    throw new MongoqError(ErrorCode.usage, '--store and --bucket exclude each other');
  }
  if (bucket !== undefined) return `s3://${bucket}/${bucketPrefix ?? ''}`;
  const url = store ?? process.env['MONGOQ_STORE'];
  if (url !== undefined && url !== '') return url;
  throw new MongoqError(ErrorCode.usage, 'no store is given', {
    hint: 'give --store s3://bucket/prefix, --store DIRECTORY, or -b BUCKET -p PREFIX',
  });
}

/** Bytes from a number with an optional K, M, G or T (powers of 1024). */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text);
  if (!match) throw new InvalidArgumentError('a size looks like 500M or 4G');
  return Math.floor(Number(match[1]) * 1024 ** ' kmgt'.indexOf((match[2] || ' ').toLowerCase()));
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
