import { crc32c } from '@node-rs/crc32';
import { xxh3, xxh32, xxh64 } from '@node-rs/xxhash';
import { FormatError } from './damage.ts';

/** RocksDB's masked CRC32C (util/crc32c.h): a checksum that is stored beside data that may hold checksums itself. */
export function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/**
 * The checksum of a stored block (ComputeBuiltinChecksum of table/format.cc), as uint32.
 * `type` is the footer's checksum type; `block` is the stored bytes with the compression type as last byte.
 */
export function blockChecksum(type: number, block: Buffer): number {
  switch (type) {
    case 1:
      return maskedCrc32c(block);
    case 2:
      return xxh32(block) >>> 0;
    case 3:
      return Number(xxh64(block) & 0xffffffffn);
    case 4: {
      const last = block.length - 1;
      const hash = Number(xxh3.xxh64(block.subarray(0, last)) & 0xffffffffn);
      return (hash ^ Math.imul(block.readUInt8(last), 0x6b9083d9)) >>> 0;
    }
    default:
      throw new FormatError(`unknown checksum type ${type}`);
  }
}

/** Whether a checksum type other than 0 (none) is one that `blockChecksum` computes. */
export function isKnownChecksum(type: number): boolean {
  return type >= 0 && type <= 4;
}
