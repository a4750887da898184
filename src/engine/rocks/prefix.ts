/** A table's 4-byte key prefix. */
export type Prefix = Buffer;

/** The prefix of a number. */
export function prefixOf(number: number): Prefix {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(number >>> 0);
  return prefix;
}

/** The key before every entry of a table: one byte longer than the prefix, so that the empty marker is left out. */
export function tableStart(prefix: Prefix): Buffer {
  return Buffer.concat([prefix, Buffer.of(0)]);
}

/** The key after every entry of a table (exclusive): the next prefix, or the longest key there can be after the last one. */
export function tableEnd(prefix: Prefix): Buffer {
  const number = prefix.readUInt32BE();
  return number === 0xffffffff ? Buffer.alloc(2048, 0xff) : prefixOf(number + 1);
}

/** A key of a table. */
export function keyIn(prefix: Prefix, ...rest: Buffer[]): Buffer {
  return Buffer.concat([prefix, ...rest]);
}
