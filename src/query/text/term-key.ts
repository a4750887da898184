import { createHash } from 'node:crypto';
import type { TextIndexVersion } from './language.ts';
import { murmur3 } from './murmur3.ts';

/** Bytes up to which a term is a key as it is; of a longer one as many are, followed by its hash in hexadecimal digits. */
const longestOfVersion2 = 32;
const longestOfVersion3 = 224;

/** A term as the keys of a text index hold it, in bytes: what is cut may end within a character. */
export function termKey(term: string, version: TextIndexVersion): Buffer {
  const bytes = Buffer.from(term);
  if (version === 1) return bytes;
  const longest = version === 2 ? longestOfVersion2 : longestOfVersion3;
  if (bytes.length <= longest) return bytes;
  const hash = version === 2 ? murmur3(bytes) : createHash('md5').update(bytes).digest();
  return Buffer.concat([bytes.subarray(0, longest), Buffer.from(hash.toString('hex'))]);
}
