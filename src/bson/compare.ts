import { doubleOf, intOf, stringOf } from './access.ts';
import { canonicalType } from './canonical.ts';
import { invalidBson, valueEnd } from './layout.ts';
import { compareNumbers } from './numbers.ts';
import { BsonType } from './types.ts';
import { Value } from './value.ts';

/** Compares strings by a collation other than bytes. Implemented over ICU in query/collation.ts. */
export interface Collator {
  /** Negative, zero or positive. */
  compare(a: string, b: string): number;
  /** The same text for all strings that compare equal (within this process): for grouping. */
  key(text: string): string;
  /** The specification as mongod 3.4 shows it in explain and listIndexes. */
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * MongoDB's comparison order of two values: by type (canonicalType), within a type by value. Negative, zero or
 * positive. Numbers compare by their exact value whatever their types; strings by their bytes or by the collator, in
 * nested documents and arrays too. A missing value counts as BSON undefined. Source: the manual, "BSON types: comparison and sort order".
 */
export function compareValues(a: Value | undefined, b: Value | undefined, collator?: Collator): number {
  const byType = canonicalType(a?.type) - canonicalType(b?.type);
  if (byType !== 0 || a === undefined || b === undefined) return byType;
  return compareSameType(a, b, collator);
}

/** Whether two values are equal in that order (1 and 1.0 are). */
export function valuesEqual(a: Value | undefined, b: Value | undefined, collator?: Collator): boolean {
  return compareValues(a, b, collator) === 0;
}

/** compareValues for two values whose canonical types are known to be the same. */
export function compareSameType(a: Value, b: Value, collator: Collator | undefined): number {
  switch (a.type) {
    case BsonType.int:
      if (b.type === BsonType.int) return intOf(a) - intOf(b);
      return compareNumbers(a, b);
    case BsonType.double:
      if (b.type === BsonType.double) {
        const left = doubleOf(a);
        const right = doubleOf(b);
        if (left < right) return -1;
        if (left > right) return 1;
        if (left === right) return 0;
      }
      return compareNumbers(a, b);
    case BsonType.long:
    case BsonType.decimal:
      return compareNumbers(a, b);
    case BsonType.string:
    case BsonType.symbol:
      if (collator !== undefined) return collator.compare(stringOf(a), stringOf(b));
      return compareBytes(a.bytes, a.start + 4, a.end, b.bytes, b.start + 4, b.end);
    case BsonType.object:
    case BsonType.array:
      return compareDocuments(a, b, collator);
    case BsonType.binData:
      // By length, then subtype and bytes, which lie one after the other.
      return (
        a.end - a.start - (b.end - b.start) ||
        compareBytes(a.bytes, a.start + 4, a.end, b.bytes, b.start + 4, b.end)
      );
    case BsonType.bool:
      return (a.bytes[a.start] as number) - (b.bytes[b.start] as number);
    case BsonType.date:
      return compareWords(a, b, a.bytes.readInt32LE(a.start + 4) - b.bytes.readInt32LE(b.start + 4));
    case BsonType.timestamp:
      return compareWords(a, b, a.bytes.readUInt32LE(a.start + 4) - b.bytes.readUInt32LE(b.start + 4));
    case BsonType.objectId:
    case BsonType.regex:
      // A regex is two texts that end with NUL each, the lowest byte: the bytes have the order of the texts.
      return compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
    case BsonType.dbPointer:
      return (
        a.end - a.start - (b.end - b.start) || compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end)
      );
    case BsonType.code:
      return compareBytes(a.bytes, a.start + 4, a.end, b.bytes, b.start + 4, b.end);
    case BsonType.codeWithScope:
      return compareCodeWithScope(a, b);
    default:
      return 0;
  }
}

function compareWords(a: Value, b: Value, byHigh: number): number {
  return byHigh || a.bytes.readUInt32LE(a.start) - b.bytes.readUInt32LE(b.start);
}

function compareBytes(
  a: Buffer,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bStart: number,
  bEnd: number,
): number {
  const shared = Math.min(aEnd - aStart, bEnd - bStart);
  // A call into native code costs as much as comparing some dozen bytes here.
  if (shared > 48) return a.compare(b, bStart, bEnd, aStart, aEnd);
  for (let i = 0; i < shared; i++) {
    const difference = (a[aStart + i] as number) - (b[bStart + i] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** Field by field: canonical type, then name, then value; the one that ends first is less. */
function compareDocuments(a: Value, b: Value, collator: Collator | undefined): number {
  const left = a.bytes;
  const right = b.bytes;
  const aLast = a.end - 1;
  const bLast = b.end - 1;
  let i = a.start + 4;
  let j = b.start + 4;
  while (i < aLast && j < bLast) {
    const aType = left[i++] as number;
    const bType = right[j++] as number;
    const byType = canonicalType(aType) - canonicalType(bType);
    if (byType !== 0) return byType;
    while (left[i] === right[j] && left[i] !== 0 && i < aLast) {
      i++;
      j++;
    }
    const byName = (left[i] ?? 0) - (right[j] ?? 0);
    if (byName !== 0) return byName;
    if (++i > aLast || ++j > bLast) throw invalidBson('a field name is cut off');
    const aEnd = valueEnd(left, aType, i, aLast);
    const bEnd = valueEnd(right, bType, j, bLast);
    const byValue = compareSameType(
      new Value(aType, left, i, aEnd),
      new Value(bType, right, j, bEnd),
      collator,
    );
    if (byValue !== 0) return byValue;
    i = aEnd;
    j = bEnd;
  }
  return Number(i < aLast) - Number(j < bLast);
}

function compareCodeWithScope(a: Value, b: Value): number {
  const aScope = a.start + 8 + a.bytes.readInt32LE(a.start + 4);
  const bScope = b.start + 8 + b.bytes.readInt32LE(b.start + 4);
  const byCode = compareBytes(a.bytes, a.start + 8, aScope, b.bytes, b.start + 8, bScope);
  if (byCode !== 0) return byCode;
  // A collation never reaches into the scope.
  return compareDocuments(
    new Value(BsonType.object, a.bytes, aScope, a.end),
    new Value(BsonType.object, b.bytes, bScope, b.end),
    undefined,
  );
}
