import { BsonType } from '../../bson/types.ts';

/** The names that $type takes. Source: the manual, "$type". */
const aliases = new Map<string, number>([
  ['double', BsonType.double],
  ['string', BsonType.string],
  ['object', BsonType.object],
  ['array', BsonType.array],
  ['binData', BsonType.binData],
  ['undefined', BsonType.undefined],
  ['objectId', BsonType.objectId],
  ['bool', BsonType.bool],
  ['date', BsonType.date],
  ['null', BsonType.null],
  ['regex', BsonType.regex],
  ['dbPointer', BsonType.dbPointer],
  ['javascript', BsonType.code],
  ['symbol', BsonType.symbol],
  ['javascriptWithScope', BsonType.codeWithScope],
  ['int', BsonType.int],
  ['timestamp', BsonType.timestamp],
  ['long', BsonType.long],
  ['decimal', BsonType.decimal],
  ['minKey', BsonType.minKey],
  ['maxKey', BsonType.maxKey],
]);

const names = new Map([...aliases].map(([name, type]) => [type, name]));

/** The type byte of a name, or undefined. */
export function typeByAlias(alias: string): number | undefined {
  return aliases.get(alias);
}

/** The name of a type as `$type` and error messages have it; a missing value is "missing". */
export function typeName(type: number | undefined): string {
  return type === undefined ? 'missing' : (names.get(type) ?? String(type));
}
