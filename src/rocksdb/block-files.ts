import type { BlockObject, BlockReader } from '../blocks/block-reader.ts';
import { missing, type DatabaseFiles } from './files.ts';

/**
 * The files of a database that are objects of a store, read through the block cache. `objects` maps the files' names in
 * the database ("000012.sst") to their objects; `describe` is what messages call an object, its key by default.
 */
export function blockFiles(
  reader: BlockReader,
  objects: ReadonlyMap<string, BlockObject>,
  describe: (object: BlockObject) => string = (object) => object.key,
): DatabaseFiles {
  const sizes = new Map([...objects].map(([name, { size }]) => [name, size]));
  const files: DatabaseFiles = {
    list: () => sizes,
    describe(name) {
      const object = objects.get(name);
      return object ? describe(object) : name;
    },
    read: (name, range, options) => reader.read(objectOf(name), range, options),
    peek: (name, range) => reader.peek(objectOf(name), range),
    prefetch: (name, ranges) => reader.prefetch(objectOf(name), ranges),
  };
  const objectOf = (name: string): BlockObject => {
    const object = objects.get(name);
    if (!object) throw missing(files, name);
    return object;
  };
  return files;
}
