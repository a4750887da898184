import type { Model } from './bson-model.ts';
import { referenceCompare } from './reference-order.ts';

/**
 * What a filter means, slow and obvious: on models, every value at a path collected first, then each predicate asked
 * about each value.
 */
export type Filter =
  | { op: 'and' | 'or' | 'nor'; filters: Filter[] }
  | { op: 'field'; path: string; not: boolean; predicate: Predicate };

export type Predicate =
  | { op: '$eq' | '$lt' | '$lte' | '$gt' | '$gte' | '$ne'; value: Model }
  | { op: '$in' | '$nin' | '$all'; values: Model[] }
  | { op: '$exists'; yes: boolean }
  | { op: '$size'; size: number }
  | { op: '$type'; type: string }
  | { op: '$mod'; divisor: number; remainder: number }
  | { op: '$elemMatch'; filter: Filter }
  | { op: '$elemMatchValue'; predicates: Predicate[] };

/** A value at a path: an item of the array at its end, that array itself, or anything else. */
interface Place {
  value: Model | undefined;
  as: 'item' | 'array' | 'plain';
}

const missing: Place = { value: undefined, as: 'plain' };

/** All values that a path stands for, in a document; arrays at its end count as their items and themselves. */
function placesIn(model: Model & { t: 'object' }, path: readonly string[]): Place[] {
  const [name, ...rest] = path;
  const found = model.v.find(([key]) => key === name)?.[1];
  if (found === undefined) return [missing];
  if (found.t === 'array') return placesInArray(found, rest);
  if (rest.length === 0) return [{ value: found, as: 'plain' }];
  return found.t === 'object' ? placesIn(found, rest) : [missing];
}

function placesInArray(array: Model & { t: 'array' }, path: readonly string[]): Place[] {
  if (path.length === 0) {
    return [...array.v.map((value): Place => ({ value, as: 'item' })), { value: array, as: 'array' }];
  }
  const [name, ...rest] = path;
  return array.v.flatMap((item, index) => {
    const places = item.t === 'object' ? placesIn(item, path) : [];
    if (name !== String(index)) return places;
    if (rest.length === 0) return [...places, { value: item, as: 'plain' }];
    if (item.t === 'object') return [...places, ...placesIn(item, rest)];
    return item.t === 'array' ? [...places, ...placesInArray(item, rest)] : places;
  });
}

/** Whether the document matches. */
export function referenceMatches(filter: Filter, document: Model & { t: 'object' }): boolean {
  switch (filter.op) {
    case 'and':
      return filter.filters.every((each) => referenceMatches(each, document));
    case 'or':
      return filter.filters.some((each) => referenceMatches(each, document));
    case 'nor':
      return !filter.filters.some((each) => referenceMatches(each, document));
    case 'field':
      return atPath(filter.predicate, document, filter.path.split('.')) !== filter.not;
  }
}

function atPath(predicate: Predicate, document: Model & { t: 'object' }, path: string[]): boolean {
  const places = placesIn(document, path);
  switch (predicate.op) {
    case '$ne':
      return !atPath({ op: '$eq', value: predicate.value }, document, path);
    case '$nin':
      return !atPath({ op: '$in', values: predicate.values }, document, path);
    case '$exists':
      return places.some(({ value }) => value !== undefined) === predicate.yes;
    case '$all':
      return (
        predicate.values.length > 0 &&
        predicate.values.every((value) => atPath({ op: '$eq', value }, document, path))
      );
    case '$size':
    case '$elemMatch':
    case '$elemMatchValue':
      return places.some(({ value, as }) => as !== 'item' && onValue(predicate, value));
    case '$type':
      return places.some(
        ({ value, as }) =>
          value !== undefined && !(as === 'array' && predicate.type === 'array') && onValue(predicate, value),
      );
    default:
      return places.some(({ value }) => onValue(predicate, value));
  }
}

const typeNames: Record<string, string> = { oid: 'objectId', binary: 'binData', code: 'javascript' };
const numbers = ['int', 'long', 'double', 'decimal'];

function onValue(predicate: Predicate, value: Model | undefined): boolean {
  switch (predicate.op) {
    case '$in':
      return predicate.values.some((each) =>
        value === undefined ? each.t === 'null' : referenceCompare(value, each) === 0,
      );
    case '$nin':
      return !onValue({ op: '$in', values: predicate.values }, value);
    case '$ne':
      return !onValue({ op: '$eq', value: predicate.value }, value);
    case '$exists':
      return (value !== undefined) === predicate.yes;
    case '$all':
      return (
        predicate.values.length > 0 &&
        predicate.values.every((each) => onValue({ op: '$eq', value: each }, value))
      );
    case '$size':
      return value?.t === 'array' && value.v.length === predicate.size;
    case '$type':
      if (predicate.type === 'number') return value !== undefined && numbers.includes(value.t);
      return value !== undefined && (typeNames[value.t] ?? value.t) === predicate.type;
    case '$mod':
      return value !== undefined && numbers.includes(value.t) && modulo(value, predicate);
    case '$elemMatch':
      return value?.t === 'array' && value.v.some((item) => matchesItem(predicate.filter, item));
    case '$elemMatchValue':
      return (
        value?.t === 'array' &&
        value.v.some((item) => predicate.predicates.every((each) => onValue(each, item)))
      );
    default:
      return compares(predicate.op, value ?? { t: 'undefined' }, predicate.value);
  }
}

/** Numbers are cut to 64 bits; what does not fit becomes the least number. */
function modulo(model: Model, { divisor, remainder }: { divisor: number; remainder: number }): boolean {
  const { v } = model as { v: bigint | number | string };
  const number = typeof v === 'string' && /^-?\d+$/.test(v) ? BigInt(v) : v;
  const least = -(1n << 63n);
  const fits = Number(number) >= -(2 ** 63) && Number(number) < 2 ** 63;
  const whole = typeof number === 'bigint' ? number : fits ? BigInt(Math.trunc(Number(number))) : least;
  return (whole === BigInt.asIntN(64, whole) ? whole : least) % BigInt(divisor) === BigInt(remainder);
}

/** An array inside an array counts as a document whose fields are its indexes. */
function matchesItem(filter: Filter, item: Model): boolean {
  if (item.t === 'object') return referenceMatches(filter, item);
  if (item.t !== 'array') return false;
  return referenceMatches(filter, {
    t: 'object',
    v: item.v.map((each, i): [string, Model] => [String(i), each]),
  });
}

function compares(op: string, value: Model, wanted: Model): boolean {
  const isNothing = (model: Model): boolean => model.t === 'null' || model.t === 'undefined';
  if (isNothing(value) && isNothing(wanted)) return op === '$eq' || op === '$lte' || op === '$gte';
  const order = referenceCompare(value, wanted);
  if (order !== 0 && (wanted.t === 'minKey' || wanted.t === 'maxKey')) return op !== '$eq';
  if (order !== 0 && !sameKind(value, wanted)) return false;
  if (order !== 0 && (isNaNModel(value) || isNaNModel(wanted))) return false;
  if (op === '$eq') return order === 0;
  if (order === 0) return op === '$lte' || op === '$gte';
  return order < 0 ? op.startsWith('$lt') : op.startsWith('$gt');
}

function sameKind(a: Model, b: Model): boolean {
  const kind = (model: Model): string =>
    numbers.includes(model.t) ? 'number' : model.t === 'symbol' ? 'string' : model.t;
  return kind(a) === kind(b);
}

function isNaNModel(model: Model): boolean {
  return (model.t === 'double' && Number.isNaN(model.v)) || (model.t === 'decimal' && model.v === 'NaN');
}
