import type { BlockObject, BlockReader } from '../blocks/block-reader.ts';
import { type ReadAheadBudget, SequentialWindow } from '../blocks/window.ts';
import type { OpenFile } from './fuse.ts';
import type { ManifestFile } from './filesystem.ts';

/** Bytes at an SST's end that opening it reads: footer, index and filter of a 64 MiB file fit. */
const tailBytes = 128 * 1024;

/** mongod opens a part of its files when it starts, however many there are; warming more would only delay it. */
const warmedFiles = 128;

/** Below the window's own default: RocksDB's point reads often fall near each other, and go on from nowhere. */
const aheadUnit = 256 * 1024;

/**
 * How far ahead of a file that is read in order: most of what all open files together may have, since few are read so at a
 * time, and a link is full only while much is on its way.
 */
const aheadBytes = 48 * 1024 ** 2;

/** A file of the mount, read through the shared block reader, and ahead of itself where it is read in order. */
export function openServedFile(reader: BlockReader, file: ManifestFile, budget: ReadAheadBudget): OpenFile {
  const object = objectOf(file);
  const window = new SequentialWindow(file.size, { blockBytes: aheadUnit, maxBytes: aheadBytes, budget });
  return {
    read: async (target, offset) => {
      const range = { start: offset, end: Math.min(offset + target.length, file.size) };
      if (range.end <= range.start) return 0;
      const ahead = window.advance(range);
      if (ahead && !reader.prefetch(object, [ahead])) window.refused(ahead);
      await reader.readInto(target, object, range);
      return range.end - range.start;
    },
    close: () => window.close(),
  };
}

/**
 * Starts fetching what mongod will ask for first, all at once where it would go file by file: the small files that it
 * reads whole, and the tails of SSTs. The catalog knows them before mongod starts.
 */
export function warmUp(reader: BlockReader, files: readonly ManifestFile[]): void {
  const isTable = ({ path }: ManifestFile): boolean => path.endsWith('.sst');
  const tables = files.filter(isTable).slice(-warmedFiles);
  for (const file of [...files.filter((one) => !isTable(one) && one.size <= 8 * tailBytes), ...tables]) {
    const start = isTable(file) ? Math.max(0, file.size - tailBytes) : 0;
    if (file.size > 0) reader.prefetch(objectOf(file), [{ start, end: file.size }]);
  }
}

function objectOf({ key, size, etag }: ManifestFile): BlockObject {
  return { key, size, etag };
}
