import type { Priority } from '../store/object-store.ts';

const MiB = 1024 ** 2;

/**
 * The smallest piece that larger reads are cut into: about what a connection brings in the time of a round trip, so
 * several at once are faster, and smaller ones would only be more requests.
 */
const leastBytes = MiB;
/** The largest request, but for what would be left of less than `leastBytes`. */
const mostBytes = 4 * MiB;
/** Read-ahead of a window that is kept full comes by so many requests. */
const aheadPieces = 8;
/** A window of more than so many bytes has just been opened: whoever reads waits for its beginning. */
const openingBytes = 24 * MiB;
/** So many requests of one size, then as many of twice the size. */
const ofOneSize = 4;

/**
 * The numbers of blocks that the requests for `count` adjacent blocks bring, from the first on; `blockBytes` is what
 * a block has.
 *
 * Connections share a link evenly. Were the requests of a window that opens of one size, all would end together, and
 * the reader could do nothing until then; so they grow: it reads the first while the others go on.
 */
export function requestSizes(count: number, blockBytes: number, priority: Priority): number[] {
  const bytes = count * blockBytes;
  const opening = priority === 'ahead' && bytes > openingBytes;
  const least = Math.max(1, Math.floor(leastBytes / blockBytes));
  const even = priority === 'ahead' ? Math.min(mostBytes, bytes / aheadPieces) : leastBytes;
  const sizes: number[] = [];
  for (let left = count; left > 0;) {
    const ideal = opening ? leastBytes * 2 ** Math.floor(sizes.length / ofOneSize) : even;
    let size = Math.max(least, Math.floor(Math.min(mostBytes, ideal) / blockBytes));
    if (priority === 'ahead' && left - size < least) size = left;
    sizes.push(Math.min(size, left));
    left -= size;
  }
  return sizes;
}
