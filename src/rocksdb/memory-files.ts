import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { missing, type DatabaseFiles } from './files.ts';

/** The files of a database in memory. Ranges beyond a file's end are errors, as with a store. */
export function memoryFiles(contents: ReadonlyMap<string, Buffer>): DatabaseFiles {
  const sizes = new Map([...contents].map(([name, content]) => [name, content.length]));
  const files: DatabaseFiles = {
    list: () => sizes,
    describe: (name) => name,
    read(name, { start, end }, { signal } = {}) {
      signal?.throwIfAborted();
      const content = contents.get(name);
      if (!content) return Promise.reject(missing(files, name));
      if (start < 0 || end > content.length || start > end) {
        const problem = `${name} has no bytes ${start} to ${end}`;
        return Promise.reject(new MongoqError(ErrorCode.storeDamaged, problem));
      }
      return Promise.resolve(content.subarray(start, end));
    },
    prefetch() {
      // Everything is here.
    },
  };
  return files;
}
