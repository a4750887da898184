import { blockChecksum } from './checksum.ts';
import { decompress } from './compression.ts';
import { FormatError } from './damage.ts';
import { trailerSize, type Footer } from './footer.ts';

/**
 * The content of a block as it lies in the file, its trailer included: verified, then decompressed.
 * May be a view of `stored`. Throws FormatError, or what a compression library throws.
 */
export function openStoredBlock(stored: Buffer, footer: Footer): Buffer {
  const size = stored.length - trailerSize;
  const type = stored.readUInt8(size);
  if (footer.checksumType !== 0) {
    const expected = stored.readUInt32LE(size + 1);
    if (blockChecksum(footer.checksumType, stored.subarray(0, size + 1)) !== expected) {
      throw new FormatError('the checksum of the block does not match');
    }
  }
  return decompress(type, stored.subarray(0, size), footer.formatVersion >= 2);
}

/**
 * Where the entries of a block end: before the restart offsets, and before the hash buckets that
 * `data_block_index_type` kDataBlockBinaryAndHash adds (table/block_based/data_block_footer.cc).
 * Entries need no restart offsets to be read in order, so these are checked for fitting, and not read.
 */
export function entriesEnd(content: Buffer): number {
  if (content.length < 4) throw new FormatError('a block is too short');
  let end = content.length - 4;
  const packed = content.readUInt32LE(end);
  const restarts = packed & 0x7fffffff;
  if (packed >= 0x80000000) {
    if (end < 2) throw new FormatError('a block is too short for its hash buckets');
    end -= 2 + content.readUInt16LE(end - 2);
  }
  end -= 4 * restarts;
  if (end < 0) throw new FormatError(`a block of ${content.length} bytes announces ${restarts} restarts`);
  return end;
}
