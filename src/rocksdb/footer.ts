import { ByteReader } from './byte-reader.ts';
import { isKnownChecksum } from './checksum.ts';
import { FormatError, unsupported } from './damage.ts';

/** Where a block lies in its file: `size` bytes at `offset`, followed by a trailer of `trailerSize` bytes. */
export interface BlockHandle {
  offset: number;
  size: number;
}

/** The compression type (1 byte) and the checksum (4 bytes) after every block. */
export const trailerSize = 5;

/** Enough bytes from the end of a file for any footer. */
export const maxFooterSize = 53;

export interface Footer {
  formatVersion: number;
  /** As in `blockChecksum`. */
  checksumType: number;
  metaindex: BlockHandle;
  index: BlockHandle;
}

const oldFooterSize = 48;
const oldMagic = 0xdb4775248b80fb57n;
const blockBasedMagic = 0x88e241b785f4cff7n;
const otherMagics = new Map([
  [0x8242229663bf9564n, 'is a plain table, which this reader does not know'],
  [0x4f3418eb7a8f13b8n, 'is a plain table, which this reader does not know'],
  [0x926789d0c5f17873n, 'is a cuckoo table, which this reader does not know'],
]);

/** Reads a handle: two varints. Throws FormatError if it reaches beyond a file of `fileSize` bytes. */
export function readHandle(reader: ByteReader, fileSize: number): BlockHandle {
  const handle = { offset: reader.varint64(), size: reader.varint64() };
  if (handle.offset + handle.size + trailerSize > fileSize) {
    throw new FormatError(`a block at ${handle.offset} of ${handle.size} bytes lies beyond the file's end`);
  }
  return handle;
}

/**
 * Reads the footer from the last bytes of an SST file (Footer::DecodeFrom of table/format.cc): versions 0 to 5.
 * Throws FormatError for bytes that are no footer, engineUnsupported for other tables and later versions.
 */
export function readFooter(tail: Buffer, fileSize: number, where: string): Footer {
  if (tail.length < oldFooterSize) throw new FormatError('the file is too short for an SST file');
  const magic = tail.readBigUInt64LE(tail.length - 8);
  if (magic === oldMagic) {
    const reader = new ByteReader(tail, tail.length - oldFooterSize);
    const [metaindex, index] = [readHandle(reader, fileSize), readHandle(reader, fileSize)];
    return { formatVersion: 0, checksumType: 1, metaindex, index };
  }
  const other = otherMagics.get(magic);
  if (other !== undefined) throw unsupported(where, other);
  if (magic !== blockBasedMagic || tail.length < maxFooterSize) {
    throw new FormatError('the end of the file is not the footer of an SST file');
  }
  const formatVersion = tail.readUInt32LE(tail.length - 12);
  if (formatVersion > 5) throw unsupported(where, `has format_version ${formatVersion}; 0 to 5 can be read`);
  const reader = new ByteReader(tail, tail.length - maxFooterSize);
  const checksumType = reader.byte();
  if (!isKnownChecksum(checksumType)) throw new FormatError(`unknown checksum type ${checksumType}`);
  const [metaindex, index] = [readHandle(reader, fileSize), readHandle(reader, fileSize)];
  return { formatVersion, checksumType, metaindex, index };
}
