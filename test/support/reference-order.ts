import { parseDecimal } from '../../src/bson/decimal.ts';
import type { Model } from './bson-model.ts';

/** MongoDB's comparison order, slow and obvious: on models, numbers as exact fractions. */

const groups: string[][] = [
  ['minKey'],
  ['undefined'],
  ['null'],
  ['int', 'long', 'double', 'decimal'],
  ['string', 'symbol'],
  ['object'],
  ['array'],
  ['binary'],
  ['oid'],
  ['bool'],
  ['date'],
  ['timestamp'],
  ['regex'],
  ['code'],
  ['codeWithScope'],
  ['maxKey'],
];

function group(model: Model): number {
  return groups.findIndex((types) => types.includes(model.t));
}

/** -1, 0 or 1. */
export function referenceCompare(a: Model, b: Model): number {
  if (group(a) !== group(b)) return Math.sign(group(a) - group(b));
  const left = a as never as { v: never; subtype: number; scope: Model };
  const right = b as never as { v: never; subtype: number; scope: Model };
  switch (a.t) {
    case 'int':
    case 'long':
    case 'double':
    case 'decimal':
      return compareFractions(fraction(a), fraction(b));
    case 'string':
    case 'symbol':
    case 'code':
      return Math.sign(Buffer.compare(Buffer.from(left.v), Buffer.from(right.v)));
    case 'object':
      return compareFields(left.v, right.v);
    case 'array':
      return compareFields(indexed(left.v), indexed(right.v));
    case 'binary':
      return first([
        (left.v as number[]).length - (right.v as number[]).length,
        left.subtype - right.subtype,
        Buffer.compare(Buffer.from(left.v), Buffer.from(right.v)),
      ]);
    case 'timestamp':
    case 'regex':
      return first([order(left.v[0], right.v[0]), order(left.v[1], right.v[1])]);
    case 'codeWithScope':
      return first([
        Buffer.compare(Buffer.from(left.v), Buffer.from(right.v)),
        referenceCompare(left.scope, right.scope),
      ]);
    default:
      return 'v' in a ? order(left.v, right.v) : 0;
  }
}

function indexed(models: Model[]): [string, Model][] {
  return models.map((model, i) => [String(i), model]);
}

function compareFields(a: [string, Model][], b: [string, Model][]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [aName, aModel] = a[i]!;
    const [bName, bModel] = b[i]!;
    const found = first([
      group(aModel) - group(bModel),
      order(aName, bName),
      referenceCompare(aModel, bModel),
    ]);
    if (found !== 0) return found;
  }
  return Math.sign(a.length - b.length);
}

function first(differences: number[]): number {
  return Math.sign(differences.find((difference) => difference !== 0) ?? 0);
}

function order(a: never, b: never): number;
function order(a: string, b: string): number;
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Fraction = 'nan' | 'infinity' | '-infinity' | { over: bigint; under: bigint };

function fraction(model: Model): Fraction {
  if (model.t === 'decimal') {
    const decimal = parseDecimal(model.v)!;
    if (decimal.kind === 'nan') return 'nan';
    if (decimal.kind === 'infinity') return decimal.negative ? '-infinity' : 'infinity';
    const coefficient = decimal.negative ? -decimal.coefficient : decimal.coefficient;
    return decimal.exponent < 0
      ? { over: coefficient, under: 10n ** BigInt(-decimal.exponent) }
      : { over: coefficient * 10n ** BigInt(decimal.exponent), under: 1n };
  }
  if (model.t === 'long') return { over: model.v, under: 1n };
  let double = (model as { v: number }).v;
  if (Number.isNaN(double)) return 'nan';
  if (!Number.isFinite(double)) return double < 0 ? '-infinity' : 'infinity';
  let under = 1n;
  while (!Number.isInteger(double)) {
    double *= 2;
    under *= 2n;
  }
  return { over: BigInt(double), under };
}

function compareFractions(a: Fraction, b: Fraction): number {
  const rank = (x: Fraction): number => (x === 'nan' ? 0 : x === '-infinity' ? 1 : x === 'infinity' ? 3 : 2);
  if (rank(a) !== rank(b) || typeof a === 'string' || typeof b === 'string')
    return Math.sign(rank(a) - rank(b));
  const difference = a.over * b.under - b.over * a.under;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
