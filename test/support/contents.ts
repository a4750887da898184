import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root, storeOf } from './stores.ts';

/** What the real mongod holds after a restore of a backup, by namespace. */
export type Contents = Record<
  string,
  { type: string; options: unknown; indexes?: string[]; count?: number; md5?: string }
>;

/** A backup whose contents are recorded. */
export interface RecordedBackup {
  replica: string;
  backup: string;
  /** The store that has it; undefined if it is only in the larger set, which is not here. */
  store: string | undefined;
  /** The namespaces, with sorted index names. */
  contents: () => Contents;
}

const folders = ['test/fixtures/contents', '../shared/fixtures/contents'];

/** Every backup of which test/fixtures/contents, or the larger set beside the project, says what is in it. */
export function recordedBackups(): RecordedBackup[] {
  const files = new Map<string, string>();
  for (const folder of folders.map((name) => path.join(root, name)).filter((name) => existsSync(name))) {
    for (const file of readdirSync(folder)) files.set(file, path.join(folder, file));
  }
  return [...files].map(([file, location]) => {
    const [, replica = '', backup = ''] = /^(.*)-([^-]*)\.json$/.exec(file) ?? [];
    const contents = (): Contents => comparable(JSON.parse(readFileSync(location, 'utf8')) as Contents);
    return { replica, backup, store: storeOf(replica, backup), contents };
  });
}

/**
 * Contents in the form in which they are compared: index names in order, and without the one collection that a server
 * which is started on the backup writes anew, so that the recorded contents leave it out.
 */
export function comparable(contents: Contents): Contents {
  for (const entry of Object.values(contents)) entry.indexes?.sort();
  delete contents['local.replset.minvalid'];
  return contents;
}
