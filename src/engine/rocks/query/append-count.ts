import type { DocumentBuilder } from '../../../bson/builder.ts';

const largestInt = 0x7fffffff;

/** Appends a count as mongod does: an int where it fits, else a long. */
export function appendCount(builder: DocumentBuilder, name: string, value: number): DocumentBuilder {
  return value <= largestInt ? builder.int(name, value) : builder.long(name, BigInt(value));
}
