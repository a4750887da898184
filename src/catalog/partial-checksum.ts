import { createHash } from 'node:crypto';
import type { ByteRange } from '../store/object-store.ts';

/** Bytes of each of the up to three chunks that are hashed. */
const chunkSize = 8192;

/**
 * The parts of a file of `size` bytes that its partial checksum hashes, in hashing order; they may overlap. The first is
 * the whole file where that is shorter than a chunk; it is then zero-padded to a chunk before hashing.
 */
export function checksumRanges(size: number): ByteRange[] {
  const ranges = [{ start: 0, end: Math.min(size, chunkSize) }];
  if (size > 3 * chunkSize) {
    const start = chunkSize + randomBelow(size, size - 2 * chunkSize);
    ranges.push({ start, end: start + chunkSize });
  }
  if (size > chunkSize) ranges.push({ start: size - chunkSize, end: size });
  return ranges;
}

/** MD5, in hex, of the chunks of a file of `size` bytes, which `read` returns exactly. */
export async function partialChecksum(
  size: number,
  read: (range: ByteRange) => Promise<Buffer>,
): Promise<string> {
  const md5 = createHash('md5');
  for (const range of checksumRanges(size)) {
    const bytes = await read(range);
    md5.update(bytes);
    if (bytes.length < chunkSize) md5.update(Buffer.alloc(chunkSize - bytes.length));
  }
  return md5.digest('hex');
}

const modulus = 2 ** 31 - 1;
const multiplier = 48271;

/**
 * The two state words (index, additive constant) that each of the first outputs of Go's generator sums. Three are
 * enough: one is thrown away with a chance below 2^-20 for the largest object that S3 takes.
 */
const draws = [
  [333, 4590000184845883843n, 606, 4152330101494654406n],
  [332, 4287360518296753003n, 605, 9103922860780351547n],
  [331, 8150384699999389761n, 604, 8382142935188824023n],
] as const;

/** The first Int63n(bound) of Go's math/rand after Seed(seed); `seed` and `bound` are positive safe integers. */
function randomBelow(seed: number, bound: number): number {
  const n = BigInt(bound);
  const limit = (1n << 63n) - ((1n << 63n) % n);
  let value = 0n;
  for (const [first, firstConstant, second, secondConstant] of draws) {
    value = BigInt.asUintN(
      63,
      stateWord(seed, first, firstConstant) + stateWord(seed, second, secondConstant),
    );
    if (value < limit) break;
  }
  return Number(value % n);
}

/** A word of the generator's seeded state: three steps of a linear congruential generator, xored with a constant. */
function stateWord(seed: number, index: number, constant: bigint): bigint {
  const start = seed % modulus === 0 ? 89482311 : seed % modulus;
  const x1 = congruential(start, 21 + 3 * index);
  const x2 = congruential(x1, 1);
  const x3 = congruential(x2, 1);
  return (BigInt(x1) << 40n) ^ (BigInt(x2) << 20n) ^ BigInt(x3) ^ constant;
}

/** `x` after `steps` steps of x -> 48271 x mod (2^31 - 1); every product is below 2^53. */
function congruential(x: number, steps: number): number {
  let value = x;
  for (let i = 0; i < steps; i++) value = (value * multiplier) % modulus;
  return value;
}
