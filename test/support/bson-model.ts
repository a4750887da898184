import fc from 'fast-check';
import { DocumentBuilder } from '../../src/bson/builder.ts';
import { decimalValue, parseDecimal } from '../../src/bson/decimal.ts';
import {
  binaryValue,
  boolValue,
  codeWithScopeValue,
  dateValue,
  doubleValue,
  intValue,
  longValue,
  maxKeyValue,
  minKeyValue,
  nullValue,
  objectIdValue,
  regexValue,
  stringValue,
  timestampValue,
  undefinedValue,
} from '../../src/bson/make.ts';
import { BsonType } from '../../src/bson/types.ts';
import type { Value } from '../../src/bson/value.ts';

/** A BSON value as plain data: what the slow reference implementations of the property tests work on. */
export type Model =
  | { t: 'minKey' | 'maxKey' | 'undefined' | 'null' }
  | { t: 'int' | 'double'; v: number }
  | { t: 'long' | 'date'; v: bigint }
  | { t: 'decimal' | 'string' | 'symbol' | 'code'; v: string }
  | { t: 'bool'; v: boolean }
  | { t: 'oid'; v: number }
  | { t: 'timestamp'; v: [number, number] }
  | { t: 'binary'; subtype: number; v: number[] }
  | { t: 'regex'; v: [string, string] }
  | { t: 'codeWithScope'; v: string; scope: Model & { t: 'object' } }
  | { t: 'object'; v: [string, Model][] }
  | { t: 'array'; v: Model[] };

/** The value of a model. */
export function modelValue(model: Model): Value {
  switch (model.t) {
    case 'minKey':
      return minKeyValue;
    case 'maxKey':
      return maxKeyValue;
    case 'undefined':
      return undefinedValue;
    case 'null':
      return nullValue;
    case 'int':
      return intValue(model.v);
    case 'double':
      return doubleValue(model.v);
    case 'long':
      return longValue(model.v);
    case 'date':
      return dateValue(model.v);
    case 'decimal':
      return decimalValue(parseDecimal(model.v)!);
    case 'string':
      return stringValue(model.v);
    case 'symbol':
      return stringValue(model.v, BsonType.symbol);
    case 'code':
      return stringValue(model.v, BsonType.code);
    case 'bool':
      return boolValue(model.v);
    case 'oid':
      return objectIdValue(Buffer.alloc(12, model.v));
    case 'timestamp':
      return timestampValue(model.v[0], model.v[1]);
    case 'binary':
      return binaryValue(Buffer.from(model.v), model.subtype);
    case 'regex':
      return regexValue(model.v[0], model.v[1]);
    case 'codeWithScope':
      return codeWithScopeValue(model.v, modelValue(model.scope));
    case 'object': {
      const builder = new DocumentBuilder();
      for (const [name, value] of model.v) builder.append(name, modelValue(value));
      return builder.finish();
    }
    case 'array': {
      const builder = new DocumentBuilder();
      for (const value of model.v) builder.push(modelValue(value));
      return builder.finishArray();
    }
  }
}

const doubles = [
  0,
  -0,
  0.1,
  0.5,
  1,
  -1,
  2,
  3.5,
  9007199254740992,
  2 ** 63,
  -(2 ** 63),
  NaN,
  Infinity,
  -Infinity,
  1e300,
  5e-324,
];
const longs = [
  0n,
  1n,
  -1n,
  2n,
  9007199254740992n,
  9007199254740993n,
  -9007199254740993n,
  (1n << 63n) - 1n,
  -(1n << 63n),
];
const decimals = [
  '0', '-0E+3', '1', '1.0', '1.00', '2', '0.1', '0.5', '3.50', '-1', '1E+3', '9007199254740993', '9223372036854775808', 'NaN', 'Infinity', '-Infinity',
  '0.1000000000000000055511151231257827', '5E-324', '1E-400', '1E+400', '-1E+6111', '1E-6176',
]; // prettier-ignore

const text = fc.constantFrom('', 'a', 'A', 'ab', 'b', 'é', 'z\0', '\u{1f600}', '\uffee');
const shortText = fc.constantFrom('', 'a', 'b', 'ab');

/** Numbers of all four types, chosen so that many are equal or nearly so. */
export const numberModel: fc.Arbitrary<Model> = fc.oneof(
  fc.record({ t: fc.constant('int' as const), v: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ t: fc.constant('double' as const), v: fc.oneof(fc.constantFrom(...doubles), fc.double()) }),
  fc.record({ t: fc.constant('long' as const), v: fc.constantFrom(...longs) }),
  fc.record({ t: fc.constant('decimal' as const), v: fc.constantFrom(...decimals) }),
);

const scalarModel: fc.Arbitrary<Model> = fc.oneof(
  numberModel,
  fc.record({
    t: fc.constantFrom('minKey' as const, 'maxKey' as const, 'undefined' as const, 'null' as const),
  }),
  fc.record({ t: fc.constantFrom('string' as const, 'symbol' as const, 'code' as const), v: text }),
  fc.record({ t: fc.constant('date' as const), v: fc.constantFrom(...longs) }),
  fc.record({ t: fc.constant('bool' as const), v: fc.boolean() }),
  fc.record({ t: fc.constant('oid' as const), v: fc.constantFrom(0, 1, 255) }),
  fc.record({
    t: fc.constant('timestamp' as const),
    v: fc.tuple(fc.constantFrom(0, 1, 0xffff_ffff), fc.constantFrom(0, 0x8000_0000)),
  }),
  fc.record({
    t: fc.constant('binary' as const),
    subtype: fc.constantFrom(0, 4, 128),
    v: fc.array(fc.constantFrom(0, 255), { maxLength: 2 }),
  }),
  fc.record({ t: fc.constant('regex' as const), v: fc.tuple(shortText, fc.constantFrom('', 'i')) }),
);

const { any } = fc.letrec<{ any: Model; object: Model & { t: 'object' } }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: scalarModel, weight: 6 },
    { arbitrary: tie('object'), weight: 2 },
    {
      arbitrary: fc.record({ t: fc.constant('array' as const), v: fc.array(tie('any'), { maxLength: 3 }) }),
      weight: 2,
    },
    {
      arbitrary: fc.record({ t: fc.constant('codeWithScope' as const), v: text, scope: tie('object') }),
      weight: 1,
    },
  ),
  object: fc.record({
    t: fc.constant('object' as const),
    v: fc.array(fc.tuple(shortText, tie('any')), { maxLength: 3 }),
  }),
}));

/** Any BSON value. */
export const anyModel: fc.Arbitrary<Model> = any;
