import { stringValue } from '../../../bson/make.ts';
import { printValue } from '../../../bson/print.ts';
import { BsonType } from '../../../bson/types.ts';
import { items, type Value } from '../../../bson/value.ts';
import { isNaNValue } from './nan.ts';
import { encodeBody } from '../keystring/encode.ts';
import { justAfter, justBefore, KeyType, type KeyVersion } from '../keystring/key-types.ts';
import { everything, intersect, union, type Edge, type Interval, type Intervals } from './intervals.ts';
import type { Regex, Test } from './predicates.ts';
import { literalPrefix, successor } from './regex-prefix.ts';

/** How values are encoded in the index for which bounds are made. */
export interface BoundsContext {
  version: KeyVersion;
  /** Strings are sort keys of an ICU that we do not have: bounds on anything that may hold a string are not possible. */
  collated: boolean;
}

/**
 * The keys that a document passing `test` can have, at least one of which lies in the intervals. Undefined if the test
 * says nothing that an index could use.
 */
export function boundsOf(test: Test, context: BoundsContext): Intervals | undefined {
  switch (test.op) {
    case 'eq':
      return equalTo(test.value, context);
    case 'in':
      return unionOf([
        ...test.values.map((value) => equalTo(value, context)),
        ...test.regexes.map((regex) => regexBounds(regex, context)),
      ]);
    case 'regex':
      return regexBounds(test, context);
    case 'exists':
      return [everything];
    case 'number':
      // NaN too: cut to a whole number it has a remainder.
      return [bracket(KeyType.nan, KeyType.hugePositive + 1, 'nan.0', 'inf.0', true)];
    case 'element':
      return test.tests
        .map((inner) => boundsOf(inner, context) ?? [everything])
        .reduce((a, b) => intersect(a, b));
    case 'geo':
      return undefined;
    default:
      return compared(test.op, test.value, context);
  }
}

function unionOf(parts: (Intervals | undefined)[]): Intervals | undefined {
  let all: Intervals = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    all = union(all, part);
  }
  return all;
}

const nullish: Interval = {
  low: { bytes: Buffer.of(KeyType.undefined), text: 'undefined', inclusive: true },
  high: { bytes: Buffer.of(KeyType.null + 1), text: 'null', inclusive: true },
  point: undefined,
};

function equalTo(value: Value, context: BoundsContext): Intervals | undefined {
  switch (value.type) {
    case BsonType.null:
    case BsonType.undefined:
      return [nullish];
    case BsonType.array:
      return equalToArray(value, context);
    default:
      return canEncode(value, context) ? [pointAt(value, context)] : undefined;
  }
}

/** An array is indexed by its elements, or as a whole where it lies inside another one. */
function equalToArray(value: Value, context: BoundsContext): Intervals | undefined {
  if (!canEncode(value, context)) return undefined;
  const [first] = items(value);
  const byElement =
    first === undefined || first.type === BsonType.null || first.type === BsonType.undefined
      ? [nullish]
      : [pointAt(first, context)];
  return union(byElement, [pointAt(value, context)]);
}

/** The interval that holds one value, which must be one that the index can hold. */
export function pointAt(value: Value, { version }: Pick<BoundsContext, 'version'>): Interval {
  const body = encodeBody([value], [1], version);
  const text = printValue(value);
  return {
    low: { bytes: Buffer.concat([body, Buffer.of(justBefore)]), text, inclusive: true },
    high: { bytes: Buffer.concat([body, Buffer.of(justAfter)]), text, inclusive: true },
    point: { body, value },
  };
}

/** All values from `low` to `high`, both of them too. */
export function between(low: Value, high: Value, context: Pick<BoundsContext, 'version'>): Interval {
  return { low: pointAt(low, context).low, high: pointAt(high, context).high, point: undefined };
}

/** Whether the value's place in the index is known: decimals came with version 1, sort keys are not ours to make. */
function canEncode(value: Value, { version, collated }: BoundsContext): boolean {
  switch (value.type) {
    case BsonType.decimal:
      return version === 1;
    case BsonType.string:
    case BsonType.symbol:
      return !collated;
    case BsonType.object:
    case BsonType.array:
      if (!collated && version === 1) return true;
      return [...items(value)].every((item) => canEncode(item, { version, collated }));
    default:
      return true;
  }
}

function compared(
  op: 'gt' | 'gte' | 'lt' | 'lte',
  value: Value,
  context: BoundsContext,
): Intervals | undefined {
  if (isNaNValue(value)) {
    return [bracket(KeyType.nan, KeyType.hugeNegative, 'nan.0', 'nan.0', true)];
  }
  if (value.type === BsonType.null) return [nullish];
  const within = bracketOf(value);
  if (within === undefined || !canEncode(value, context)) return undefined;
  const { low, high } = pointAt(value, context);
  const edge = (bytes: Buffer, inclusive: boolean): Edge => ({ bytes, text: low.text, inclusive });
  switch (op) {
    case 'gt':
      return [{ low: edge(high.bytes, false), high: within.high, point: undefined }];
    case 'gte':
      return [{ low: edge(low.bytes, true), high: within.high, point: undefined }];
    case 'lt':
      return [{ low: within.low, high: edge(low.bytes, false), point: undefined }];
    case 'lte':
      return [{ low: within.low, high: edge(high.bytes, true), point: undefined }];
  }
}

function bracket(low: number, high: number, lowText: string, highText: string, inclusive: boolean): Interval {
  return {
    low: { bytes: Buffer.of(low), text: lowText, inclusive: true },
    high: { bytes: Buffer.of(high), text: highText, inclusive },
    point: undefined,
  };
}

/** All values of the value's type: comparisons do not leave it. Arrays and what is between types have none here. */
function bracketOf(value: Value): Interval | undefined {
  switch (value.type) {
    case BsonType.int:
    case BsonType.long:
    case BsonType.double:
    case BsonType.decimal:
      return bracket(KeyType.hugeNegative, KeyType.hugePositive + 1, '-inf.0', 'inf.0', true);
    case BsonType.string:
    case BsonType.symbol:
      return bracket(KeyType.string, KeyType.string + 1, '""', '{}', false);
    case BsonType.object:
      return bracket(KeyType.object, KeyType.object + 1, '{}', '[]', false);
    case BsonType.binData:
      return bracket(
        KeyType.binData,
        KeyType.binData + 1,
        'BinData(0, )',
        "ObjectId('000000000000000000000000')",
        false,
      );
    case BsonType.objectId:
      return bracket(
        KeyType.objectId,
        KeyType.objectId + 1,
        "ObjectId('000000000000000000000000')",
        "ObjectId('ffffffffffffffffffffffff')",
        true,
      );
    case BsonType.bool:
      return bracket(KeyType.false, KeyType.true + 1, 'false', 'true', true);
    case BsonType.date:
      return bracket(
        KeyType.date,
        KeyType.date + 1,
        'new Date(-9223372036854775808)',
        'new Date(9223372036854775807)',
        true,
      );
    case BsonType.timestamp:
      return bracket(
        KeyType.timestamp,
        KeyType.timestamp + 1,
        'Timestamp 0|0',
        'Timestamp 4294967295000|4294967295',
        true,
      );
    default:
      return undefined;
  }
}

/** Strings that begin as the pattern says, and the same regular expression as a value. */
function regexBounds({ pattern, options }: Regex, context: BoundsContext): Intervals | undefined {
  if (context.collated) return undefined;
  const prefix = literalPrefix(pattern, options);
  const strings =
    prefix === undefined
      ? bracket(KeyType.string, KeyType.string + 1, '""', '{}', false)
      : prefixBounds(prefix, context);
  const text = `/${pattern}/${options}`;
  const regexes = bracket(KeyType.regex, KeyType.regex + 1, text, text, true);
  return union([strings], [regexes]);
}

function prefixBounds(prefix: string, context: BoundsContext): Interval {
  const { low } = pointAt(stringValue(prefix), context);
  const next = successor(prefix);
  const high =
    next === undefined
      ? { bytes: Buffer.of(KeyType.string + 1), text: '{}', inclusive: false }
      : { ...pointAt(stringValue(next), context).low, inclusive: false };
  return { low, high, point: undefined };
}
