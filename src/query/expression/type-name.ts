import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';

const names = new Map<number, string>([
  [BsonType.double, 'double'],
  [BsonType.string, 'string'],
  [BsonType.object, 'object'],
  [BsonType.array, 'array'],
  [BsonType.binData, 'binData'],
  [BsonType.undefined, 'undefined'],
  [BsonType.objectId, 'objectId'],
  [BsonType.bool, 'bool'],
  [BsonType.date, 'date'],
  [BsonType.null, 'null'],
  [BsonType.regex, 'regex'],
  [BsonType.dbPointer, 'dbPointer'],
  [BsonType.code, 'javascript'],
  [BsonType.symbol, 'symbol'],
  [BsonType.codeWithScope, 'javascriptWithScope'],
  [BsonType.int, 'int'],
  [BsonType.timestamp, 'timestamp'],
  [BsonType.long, 'long'],
  [BsonType.decimal, 'decimal'],
  [BsonType.minKey, 'minKey'],
  [BsonType.maxKey, 'maxKey'],
]);

/** The name that $type gives and error messages show; a missing value is `missing`. */
export function typeName(value: Value | undefined): string {
  return value === undefined ? 'missing' : (names.get(value.type) ?? 'unknown');
}
