import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { Backup } from '../catalog/catalog.ts';
import { isSafeFileName } from '../catalog/layout.ts';
import type { ManifestFile } from './filesystem.ts';

/** A backup's files as one flat directory, like the checkpoint that they come from. Throws catalogMetadata. */
export function manifestOf(backup: Backup): ManifestFile[] {
  return backup.files.map(({ name, key, size }) => {
    if (!isSafeFileName(name)) {
      const where = `backup ${backup.ref.id} of ${backup.ref.replica}`;
      throw new MongoqError(ErrorCode.catalogMetadata, `${where} names a file ${JSON.stringify(name)}`);
    }
    return { path: name, key, size, modifiedMs: backup.date.getTime() };
  });
}
