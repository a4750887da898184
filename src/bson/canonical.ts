import { BsonType } from './types.ts';

const order = new Int8Array(256);
order[BsonType.minKey] = -1;
order[BsonType.undefined] = 0;
order[BsonType.null] = 5;
for (const type of [BsonType.int, BsonType.long, BsonType.double, BsonType.decimal]) order[type] = 10;
order[BsonType.string] = 15;
order[BsonType.symbol] = 15;
order[BsonType.object] = 20;
order[BsonType.array] = 25;
order[BsonType.binData] = 30;
order[BsonType.objectId] = 35;
order[BsonType.bool] = 40;
order[BsonType.date] = 45;
order[BsonType.timestamp] = 47;
order[BsonType.regex] = 50;
order[BsonType.dbPointer] = 55;
order[BsonType.code] = 60;
order[BsonType.codeWithScope] = 65;
order[BsonType.maxKey] = 127;

/**
 * The place of a type in MongoDB's comparison order; the four number types share one, strings and symbols too.
 * A missing value counts as BSON undefined.
 */
export function canonicalType(type: number | undefined): number {
  return type === undefined ? 0 : (order[type] ?? 0);
}
