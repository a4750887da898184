/** Tells which user keys a table cannot hold. */
export type KeyFilter = (key: Uint8Array) => boolean;

/**
 * Reads a full Bloom filter block of the legacy form (section 9.4 of the format's description): the returned function
 * says whether the table may hold a key. Undefined for other forms (the newer Bloom and Ribbon filters), whose hash is
 * a preview of XXH3: a table is correct without its filter, only slower to search.
 */
export function readLegacyFilter(block: Buffer): KeyFilter | undefined {
  const bits = block.length - 5;
  if (bits <= 0) return undefined;
  const probes = block.readUInt8(bits);
  const lines = block.readUInt32LE(bits + 1);
  // Newer forms have 0xFF or 0xFE in the place of the number of probes.
  if (probes === 0 || probes > 30 || lines === 0) return undefined;
  // A line is a cache line of the machine that wrote the file: 64 bytes, 128 on some.
  const lineSize = bits / lines;
  if (lineSize !== 64 && lineSize !== 128 && lineSize !== 256) return undefined;
  const mask = lineSize * 8 - 1;
  return (key) => {
    let hash = bloomHash(key);
    const delta = ((hash >>> 17) | (hash << 15)) >>> 0;
    const line = (hash % lines) * lineSize;
    for (let i = 0; i < probes; i++) {
      const bit = hash & mask;
      if ((((block[line + (bit >>> 3)] as number) >>> (bit & 7)) & 1) === 0) return false;
      hash = (hash + delta) >>> 0;
    }
    return true;
  };
}

/** RocksDB's Hash with the seed of its Bloom filters (util/hash.cc), as uint32. */
export function bloomHash(key: Uint8Array): number {
  const m = 0xc6a4a793;
  const byte = (i: number): number => key[i] as number;
  // The remainder is added as signed chars; files on disk depend on it.
  const signed = (i: number): number => (byte(i) << 24) >> 24;
  let hash = (0xbc9f1d34 ^ Math.imul(key.length, m)) >>> 0;
  let i = 0;
  for (; i + 4 <= key.length; i += 4) {
    const word = byte(i) | (byte(i + 1) << 8) | (byte(i + 2) << 16) | (byte(i + 3) << 24);
    hash = Math.imul((hash + word) | 0, m);
    hash = (hash ^ (hash >>> 16)) >>> 0;
  }
  const rest = key.length - i;
  if (rest === 3) hash += signed(i + 2) << 16;
  if (rest >= 2) hash += signed(i + 1) << 8;
  if (rest >= 1) {
    hash = Math.imul((hash + signed(i)) | 0, m);
    hash = (hash ^ (hash >>> 24)) >>> 0;
  }
  return hash >>> 0;
}
