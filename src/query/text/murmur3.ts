/** MurmurHash3 by Austin Appleby (in the public domain), the 128 bits of its x64 variant with seed 0. */

const c1 = 0x87c37b91114253d5n;
const c2 = 0x4cf5ad432745937fn;
const blockBytes = 16;

const cut = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => cut(value << by) | (value >> (64n - by));
const mixFirst = (k: bigint): bigint => cut(rotate(cut(k * c1), 31n) * c2);
const mixSecond = (k: bigint): bigint => cut(rotate(cut(k * c2), 33n) * c1);

/** The hash as its 16 bytes lie in memory, the two words little-endian. */
export function murmur3(data: Buffer): Buffer {
  let [h1, h2] = [0n, 0n];
  const whole = data.length - (data.length % blockBytes);
  for (let at = 0; at < whole; at += blockBytes) {
    h1 ^= mixFirst(data.readBigUInt64LE(at));
    h1 = cut(cut(rotate(h1, 27n) + h2) * 5n + 0x52dce729n);
    h2 ^= mixSecond(data.readBigUInt64LE(at + 8));
    h2 = cut(cut(rotate(h2, 31n) + h1) * 5n + 0x38495ab5n);
  }
  const tail = Buffer.alloc(blockBytes);
  data.copy(tail, 0, whole);
  h1 ^= mixFirst(tail.readBigUInt64LE(0));
  h2 ^= mixSecond(tail.readBigUInt64LE(8));
  h1 ^= BigInt(data.length);
  h2 ^= BigInt(data.length);
  h1 = cut(h1 + h2);
  h2 = cut(h2 + h1);
  h1 = spread(h1);
  h2 = spread(h2);
  h1 = cut(h1 + h2);
  h2 = cut(h2 + h1);
  const hash = Buffer.alloc(blockBytes);
  hash.writeBigUInt64LE(h1);
  hash.writeBigUInt64LE(h2, 8);
  return hash;
}

/** Every bit of the result depends on every bit of the word. */
function spread(word: bigint): bigint {
  let k = word ^ (word >> 33n);
  k = cut(k * 0xff51afd7ed558ccdn);
  k ^= k >> 33n;
  k = cut(k * 0xc4ceb9fe1a85ec53n);
  return k ^ (k >> 33n);
}
