import { BsonType } from './types.ts';

/** The error for bytes that are not BSON. The reader that knows the object and the offset wraps it. */
export class InvalidBson extends Error {
  override readonly name = 'InvalidBson';
}

export function invalidBson(what: string): InvalidBson {
  return new InvalidBson(`not valid BSON: ${what}`);
}

/**
 * Offset after the value of `type` that starts at `start`. Throws InvalidBson if it would pass `limit` or the type is
 * unknown. Source: bsonspec.org.
 */
export function valueEnd(bytes: Buffer, type: number, start: number, limit: number): number {
  const end = start + valueLength(bytes, type, start, limit);
  if (end > limit) throw invalidBson(`a value of type ${type} is cut off`);
  return end;
}

/** The length of the values of a type, -1 if it differs: a table, because every field that is passed over asks. */
const fixedLengths = new Int8Array(256).fill(-1);
for (const type of [BsonType.null, BsonType.undefined, BsonType.minKey, BsonType.maxKey])
  fixedLengths[type] = 0;
for (const type of [BsonType.double, BsonType.date, BsonType.timestamp, BsonType.long])
  fixedLengths[type] = 8;
fixedLengths[BsonType.bool] = 1;
fixedLengths[BsonType.int] = 4;
fixedLengths[BsonType.objectId] = 12;
fixedLengths[BsonType.decimal] = 16;

function valueLength(bytes: Buffer, type: number, start: number, limit: number): number {
  const fixed = fixedLengths[type] as number;
  if (fixed >= 0) return fixed;
  switch (type) {
    case BsonType.string:
    case BsonType.code:
    case BsonType.symbol:
      return 4 + length(bytes, start, limit, 1);
    case BsonType.object:
    case BsonType.array:
      return length(bytes, start, limit, 5);
    case BsonType.codeWithScope: {
      const whole = length(bytes, start, limit, 14);
      // Whoever reads the scope goes by the length of the code.
      if (length(bytes, start + 4, limit, 1) > whole - 13) {
        throw invalidBson('code with scope has a wrong length');
      }
      return whole;
    }
    case BsonType.binData:
      return 5 + length(bytes, start, limit, 0);
    case BsonType.dbPointer:
      return 16 + length(bytes, start, limit, 1);
    case BsonType.regex: {
      const pattern = bytes.indexOf(0, start);
      const options = pattern < 0 ? -1 : bytes.indexOf(0, pattern + 1);
      if (options < 0) throw invalidBson('a regular expression is cut off');
      return options + 1 - start;
    }
    default:
      throw invalidBson(`unknown type ${type}`);
  }
}

function length(bytes: Buffer, at: number, limit: number, least: number): number {
  if (at + 4 > limit) throw invalidBson('a length is cut off');
  const value =
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24);
  if (value < least) throw invalidBson('a length is too small');
  return value;
}
