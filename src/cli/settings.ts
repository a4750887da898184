import { lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { configDirectory } from './directories.ts';

/** Where a named store is: what `--store` and its companions would say. */
export interface NamedStore {
  url: string;
  endpointUrl?: string;
  region?: string;
  profile?: string;
  replicaId?: string;
}

/** The settings file: every field may be missing. */
export interface Settings {
  /** The store when none is given: a URL, a path or `@name`. */
  store?: string;
  /** Names for `@name`. */
  stores?: Record<string, NamedStore>;
  engine?: 'auto' | 'builtin' | 'mongod';
  mongodPath?: string;
  cacheDir?: string;
  /** Such as "4G". */
  cacheSize?: string;
}

const storeFields: Record<keyof NamedStore, 'string'> = {
  url: 'string',
  endpointUrl: 'string',
  region: 'string',
  profile: 'string',
  replicaId: 'string',
};
const fields: Record<Exclude<keyof Settings, 'stores'>, 'string'> = {
  store: 'string',
  engine: 'string',
  mongodPath: 'string',
  cacheDir: 'string',
  cacheSize: 'string',
};

/** The settings file's path: $MONGOQ_CONFIG, or config.json in mongoq's configuration directory. */
export function settingsFile(): string {
  return process.env['MONGOQ_CONFIG'] || path.join(configDirectory(), 'config.json');
}

/** Reads the settings; none if there is no file. Throws settings, naming the file and the field that is wrong. */
export function readSettings(): Settings {
  const file = settingsFile();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!process.env['MONGOQ_CONFIG'] && !mayExist(file)) return {};
    throw new MongoqError(
      ErrorCode.settings,
      `the settings file ${file} cannot be read: ${messageOf(error)}`,
      {
        hint: 'make it readable for this user, or name another by MONGOQ_CONFIG',
        cause: error,
      },
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw wrong(file, `is no JSON: ${messageOf(error)}`);
  }
  const settings = record(file, 'the file', parsed);
  for (const [name, value] of Object.entries(settings)) {
    if (name === 'stores') checkStores(file, value);
    else check(file, name, value, fields);
  }
  return settings;
}

/** False also where this user may not look: in the home of somebody else, as a container may have it. */
function mayExist(file: string): boolean {
  try {
    lstatSync(file);
    return true;
  } catch {
    return false;
  }
}

function checkStores(file: string, value: unknown): void {
  for (const [name, store] of Object.entries(record(file, 'stores', value))) {
    const where = `stores.${name}`;
    const entries = record(file, where, store);
    for (const [key, one] of Object.entries(entries)) check(file, `${where}.${key}`, one, storeFields);
    if (entries['url'] === undefined) throw wrong(file, `has no ${where}.url`);
  }
}

function check(file: string, name: string, value: unknown, known: Record<string, 'string'>): void {
  const type = known[name.split('.').at(-1) ?? ''];
  if (type === undefined) throw wrong(file, `has an unknown setting ${name}`);
  if (typeof value !== type) throw wrong(file, `needs a ${type} for ${name}`);
}

function record(file: string, name: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw wrong(file, `needs an object for ${name}`);
}

function wrong(file: string, what: string): MongoqError {
  return new MongoqError(ErrorCode.settings, `the settings file ${file} ${what}`, {
    hint: 'docs/commands.md shows what may be in it',
  });
}
