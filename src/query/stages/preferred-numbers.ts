import { compareDecimals, decimalOf, decimalValue, type Decimal } from '../../bson/decimal.ts';
import { doubleValue, intValue } from '../../bson/make.ts';
import { decimalToDouble, toDouble } from '../../bson/numbers.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { toLong } from '../expression/coerce.ts';
import { decimalFromInteger, divide, multiply } from '../expression/decimal/arithmetic.ts';
import { decimalFromDouble15 } from '../expression/decimal/from-double.ts';
import { logarithm } from '../expression/decimal/transcendental.ts';
import { power } from '../expression/power.ts';

/** Series of preferred numbers between 10 and 100 (ISO 3, IEC 60063), as $bucketAuto's granularity names them. */
const series: Record<string, readonly number[]> = {
  R5: [10, 16, 25, 40, 63],
  R10: [10, 12.5, 16, 20, 25, 31.5, 40, 50, 63, 80],
  R20: numbers('10 11.2 12.5 14 16 18 20 22.4 25 28 31.5 35.5 40 45 50 56 63 71 80 90'),
  R40: numbers(
    '10 10.6 11.2 11.8 12.5 13.2 14 15 16 17 18 19 20 21.2 22.4 23.6 25 26.5 28 30 31.5 33.5 35.5 37.5 40 42.5 45 47.5 50 53 56 60 63 67 71 75 80 85 90 95',
  ),
  R80: numbers(
    '10 10.3 10.6 10.9 11.2 11.5 11.8 12.2 12.5 12.8 13.2 13.6 14 14.5 15 15.5 16 16.5 17 17.5 18 18.5 19 19.5 20 20.6 21.2 21.8 22.4 23 23.6 24.3 25 25.8 26.5 27.2 28 29 30 30.7 31.5 32.5 33.5 34.5 35.5 36.5 37.5 38.7 40 41.2 42.5 43.7 45 46.2 47.5 48.7 50 51.5 53 54.5 56 58 60 61.5 63 65 67 69 71 73 75 77.5 80 82.5 85 87.5 90 92.5 95 97.5',
  ),
  '1-2-5': [10, 20, 50],
  E6: [10, 15, 22, 33, 47, 68],
  E12: [10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82],
  E24: numbers('10 11 12 13 15 16 18 20 22 24 27 30 33 36 39 43 47 51 56 62 68 75 82 91'),
  E48: numbers(
    '10 10.5 11 11.5 12.1 12.7 13.3 14 14.7 15.4 16.2 16.9 17.8 18.7 19.6 20.5 21.5 22.6 23.7 24.9 26.1 27.4 28.7 30.1 31.6 33.2 34.8 36.5 38.3 40.2 42.2 44.2 46.4 48.7 51.1 53.6 56.2 59 61.9 64.9 68.1 71.5 75 78.7 82.5 86.6 90.9 95.3',
  ),
  E96: numbers(
    '10 10.2 10.5 10.7 11 11.3 11.5 11.8 12.1 12.4 12.7 13 13.3 13.7 14 14.3 14.7 15 15.4 15.8 16.2 16.5 16.9 17.4 17.8 18.2 18.7 19.1 19.6 20 20.5 21 21.5 22.1 22.6 23.2 23.7 24.3 24.9 25.5 26.1 26.7 27.4 28 28.7 29.4 30.1 30.9 31.6 32.4 33.2 34 34.8 35.7 36.5 37.4 38.3 39.2 40.2 41.2 42.2 43.2 44.2 45.3 46.4 47.5 48.7 49.9 51.1 52.3 53.6 54.9 56.2 57.6 59 60.4 61.9 63.4 64.9 66.5 68.1 69.8 71.5 73.2 75 76.8 78.7 80.6 82.5 84.5 86.6 88.7 90.9 93.1 95.3 97.6',
  ),
  E192: numbers(
    '10 10.1 10.2 10.4 10.5 10.6 10.7 10.9 11 11.1 11.3 11.4 11.5 11.7 11.8 12 12.1 12.3 12.4 12.6 12.7 12.9 13 13.2 13.3 13.5 13.7 13.8 14 14.2 14.3 14.5 14.7 14.9 15 15.2 15.4 15.6 15.8 16 16.2 16.4 16.5 16.7 16.9 17.2 17.4 17.6 17.8 18 18.2 18.4 18.7 18.9 19.1 19.3 19.6 19.8 20 20.3 20.5 20.8 21 21.3 21.5 21.8 22.1 22.3 22.6 22.9 23.2 23.4 23.7 24 24.3 24.6 24.9 25.2 25.5 25.8 26.1 26.4 26.7 27.1 27.4 27.7 28 28.4 28.7 29.1 29.4 29.8 30.1 30.5 30.9 31.2 31.6 32 32.4 32.8 33.2 33.6 34 34.4 34.8 35.2 35.7 36.1 36.5 37 37.4 37.9 38.3 38.8 39.2 39.7 40.2 40.7 41.2 41.7 42.2 42.7 43.2 43.7 44.2 44.8 45.3 45.9 46.4 47 47.5 48.1 48.7 49.3 49.9 50.5 51.1 51.7 52.3 53 53.6 54.2 54.9 55.6 56.2 56.9 57.6 58.3 59 59.7 60.4 61.2 61.9 62.6 63.4 64.2 64.9 65.7 66.5 67.3 68.1 69 69.8 70.6 71.5 72.3 73.2 74.1 75 75.9 76.8 77.7 78.7 79.6 80.6 81.6 82.5 83.5 84.5 85.6 86.6 87.6 88.7 89.8 90.9 92 93.1 94.2 95.3 96.5 97.6 98.8',
  ),
};

function numbers(text: string): number[] {
  return text.split(' ').map(Number);
}

/** Rounds numbers from 0 up to the next lower or higher number of a series, never to the number itself; 0 stays 0. */
export interface Rounder {
  /** Decimals give decimals; other numbers doubles, or with POWERSOF2 what $pow gives. */
  up: (value: Value) => Value;
  down: (value: Value) => Value;
}

/** The rounder of a granularity, or undefined if there is none of that name. */
export function rounderNamed(name: string): Rounder | undefined {
  if (name === 'POWERSOF2') return except0({ up: nextPower, down: previousPower });
  const base = Object.hasOwn(series, name) ? series[name] : undefined;
  if (base === undefined) return undefined;
  const decimals = base.map(decimalFromDouble15);
  const rounding = (direction: typeof roundUp) => (value: Value) =>
    value.type === BsonType.decimal
      ? decimalValue(direction(decimalOf(value), decimals, decimalArithmetic))
      : doubleValue(direction(toDouble(value), base, doubleArithmetic));
  return except0({ up: rounding(roundUp), down: rounding(roundDown) });
}

/** Nothing lies next to infinity either (mongod never comes to an end with it). */
function except0({ up, down }: Rounder): Rounder {
  const stays = (value: Value): boolean =>
    toDouble(value) === 0 ||
    (value.type === BsonType.decimal ? decimalOf(value).kind !== 'finite' : toDouble(value) === Infinity);
  return {
    up: (value) => (stays(value) ? value : up(value)),
    down: (value) => (stays(value) ? value : down(value)),
  };
}

const two = intValue(2);

function nextPower(value: Value): Value {
  if (value.type === BsonType.double) return power(two, intValue(Math.floor(Math.log2(toDouble(value))) + 1));
  if (value.type === BsonType.decimal) return decimalPower(value, (log) => Math.floor(log) + 1);
  return power(two, intValue(bitsOf(value).length));
}

function previousPower(value: Value): Value {
  if (value.type === BsonType.double) return power(two, intValue(Math.ceil(Math.log2(toDouble(value))) - 1));
  if (value.type === BsonType.decimal) return decimalPower(value, (log) => Math.ceil(log) - 1);
  const bits = bitsOf(value);
  return power(two, intValue(bits.indexOf('1', 1) < 0 ? bits.length - 2 : bits.length - 1));
}

function bitsOf(whole: Value): string {
  return toLong(whole).toString(2);
}

function decimalPower(value: Value, exponentOf: (logarithm: number) => number): Value {
  const exponent = exponentOf(decimalToDouble(logarithm(decimalOf(value), decimalFromInteger(2n))));
  return power(two, decimalValue(decimalFromInteger(BigInt(exponent))));
}

/** What rounding needs of doubles or of decimals. */
interface Arithmetic<N> {
  readonly one: N;
  readonly ten: N;
  compare(a: N, b: N): number;
  multiply(a: N, b: N): N;
  divide(a: N, b: N): N;
}

const doubleArithmetic: Arithmetic<number> = {
  one: 1,
  ten: 10,
  compare: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

const decimalArithmetic: Arithmetic<Decimal> = {
  one: decimalFromInteger(1n),
  ten: decimalFromInteger(10n),
  compare: compareDecimals,
  multiply,
  divide,
};

function roundUp<N>(value: N, base: readonly N[], by: Arithmetic<N>): N {
  const [first, last] = [base[0] as N, base.at(-1) as N];
  let scale = by.one;
  const against = (number: N): number => by.compare(value, by.multiply(number, scale));
  while (against(last) >= 0) scale = by.multiply(scale, by.ten);
  while (against(first) < 0) {
    const least = by.multiply(first, scale);
    scale = by.divide(scale, by.ten);
    if (against(last) >= 0) return least;
  }
  return by.multiply(base.find((number) => against(number) < 0) ?? last, scale);
}

function roundDown<N>(value: N, base: readonly N[], by: Arithmetic<N>): N {
  const [first, last] = [base[0] as N, base.at(-1) as N];
  let scale = by.one;
  const against = (number: N): number => by.compare(value, by.multiply(number, scale));
  while (against(first) <= 0) scale = by.divide(scale, by.ten);
  while (against(last) > 0) {
    const greatest = by.multiply(last, scale);
    scale = by.multiply(scale, by.ten);
    if (against(first) <= 0) return greatest;
  }
  return by.multiply(base.findLast((number) => against(number) > 0) ?? first, scale);
}
