import { BsonType } from '../../../bson/types.ts';

/** Type bytes of KeyString: their order is BSON's comparison order. Source: the format notes, "Type bytes". */
export const KeyType = {
  minKey: 0x0a,
  undefined: 0x0f,
  null: 0x14,
  nan: 0x1e,
  hugeNegative: 0x1f,
  negative1: 0x27,
  smallNegative: 0x28,
  zero: 0x29,
  smallPositive: 0x2a,
  positive1: 0x2b,
  positive8: 0x32,
  hugePositive: 0x33,
  string: 0x3c,
  object: 0x46,
  array: 0x50,
  binData: 0x5a,
  objectId: 0x64,
  false: 0x6e,
  true: 0x6f,
  date: 0x78,
  timestamp: 0x82,
  regex: 0x8c,
  dbPointer: 0x96,
  code: 0xa0,
  codeWithScope: 0xaa,
  maxKey: 0xf0,
} as const;

/** Ends every stored key, and the two discriminators that stand in its place in search bounds. */
export const keyEnd = 0x04;
export const justBefore = 0x01;
export const justAfter = 0xfe;

/** 0 as written by 3.2, 1 since 3.4: they differ in numbers with a fraction, large ones and decimals. */
export type KeyVersion = 0 | 1;

/** The type byte that stands before a field's name inside a document: one for all numbers, one for both booleans. */
export function genericType(bsonType: number): number {
  switch (bsonType) {
    case BsonType.minKey:
      return KeyType.minKey;
    case BsonType.undefined:
      return KeyType.undefined;
    case BsonType.null:
      return KeyType.null;
    case BsonType.string:
    case BsonType.symbol:
      return KeyType.string;
    case BsonType.object:
      return KeyType.object;
    case BsonType.array:
      return KeyType.array;
    case BsonType.binData:
      return KeyType.binData;
    case BsonType.objectId:
      return KeyType.objectId;
    case BsonType.bool:
      return KeyType.false;
    case BsonType.date:
      return KeyType.date;
    case BsonType.timestamp:
      return KeyType.timestamp;
    case BsonType.regex:
      return KeyType.regex;
    case BsonType.dbPointer:
      return KeyType.dbPointer;
    case BsonType.code:
      return KeyType.code;
    case BsonType.codeWithScope:
      return KeyType.codeWithScope;
    case BsonType.maxKey:
      return KeyType.maxKey;
    default:
      return KeyType.nan;
  }
}
