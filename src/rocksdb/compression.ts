import { inflateRawSync } from 'node:zlib';
import { decompress as unzstd } from 'fzstd';
import { uncompressSync as unlz4 } from 'lz4-napi';
import Bunzip from 'seek-bzip';
import { uncompressSync as unsnappy } from 'snappy';
import { ByteReader } from './byte-reader.ts';
import { FormatError } from './damage.ts';

// No block is larger in practice (values of 16 MB, plus their key); a damaged size must not allocate the machine's memory.
const maxBlockSize = 1 << 30;

// Copying is 12 times as fast as an external buffer, measured with blocks of 16 KiB.
const snappyOptions = { asBuffer: true, copyOutputData: true };

/**
 * The content of a stored block. `type` is RocksDB's CompressionType; `sized` says whether sizes are stored as varint
 * (format_version >= 2) or in the older forms. Sources: util/compression.h, and section 9.2 of the format's description.
 * Throws FormatError, or what the library throws, when the bytes cannot be decompressed to the size that they announce.
 */
export function decompress(type: number, data: Buffer, sized: boolean): Buffer {
  switch (type) {
    case 0:
      return data;
    case 1:
      // It begins with its uncompressed size.
      checkSize(new ByteReader(data).varint32(), data, 22);
      return unsnappy(data, snappyOptions) as Buffer;
    case 2:
      return sized ? withSize(data, inflate, 1032) : inflateRawSync(data, { maxOutputLength: maxBlockSize });
    case 3:
      return sized ? withSize(data, (input) => Bunzip.decode(input)) : Bunzip.decode(data);
    case 4:
    case 5:
      return sized ? withSize(data, lz4, 255) : lz4WithOldSize(data);
    case 7:
      return withSize(data, (input, size) => {
        const content = unzstd(input, new Uint8Array(size));
        return Buffer.from(content.buffer, content.byteOffset, content.length);
      });
    default:
      throw new FormatError(`unknown compression type ${type}`);
  }
}

function withSize(
  data: Buffer,
  expand: (input: Buffer, size: number) => Buffer,
  maxRatio = Infinity,
): Buffer {
  const reader = new ByteReader(data);
  const size = reader.varint32();
  return exactly(size, expand(data.subarray(reader.position), checkSize(size, data, maxRatio)));
}

function inflate(input: Buffer, size: number): Buffer {
  return inflateRawSync(input, { maxOutputLength: Math.max(size, 1) });
}

// The library wants the size as uint32 LE before the block.
function lz4(input: Buffer, size: number): Buffer {
  const framed = Buffer.allocUnsafe(input.length + 4);
  framed.writeUInt32LE(size);
  framed.set(input, 4);
  return unlz4(framed);
}

// Up to format_version 1 the size was a size_t of the writing machine: 8 bytes, little endian.
function lz4WithOldSize(data: Buffer): Buffer {
  if (data.length < 8) throw new FormatError('an LZ4 block is too short');
  const size = data.readUInt32LE();
  return exactly(size, lz4(data.subarray(8), checkSize(size, data, 255)));
}

/** A size is not believed beyond what the algorithm can make of the data: it decides how much memory is taken. */
function checkSize(size: number, data: Buffer, maxRatio: number): number {
  if (size > Math.min(maxBlockSize, data.length * maxRatio))
    throw new FormatError(`a block announces ${size} bytes`);
  return size;
}

function exactly(size: number, content: Buffer): Buffer {
  if (content.length !== size) {
    throw new FormatError(`a block has ${content.length} bytes, ${size} were announced`);
  }
  return content;
}
