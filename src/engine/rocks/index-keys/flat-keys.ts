import { numberOf, stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { compareValues } from '../../../bson/compare.ts';
import { nullValue, stringValue } from '../../../bson/make.ts';
import { isNumberType } from '../../../bson/types.ts';
import { field, items, type Value } from '../../../bson/value.ts';
import type { Index } from '../catalog/collection.ts';
import { elementsAlong } from './elements-along.ts';
import { geoHash } from './geo-hash.ts';

/** The values of each key that a document has in a 2d index: one for every legacy point at its path, none without one. */
export function flatKeys(document: Value, { fields, spec }: Index): Value[][] {
  const [geo, ...others] = fields;
  if (geo === undefined) return [];
  const rest = others.map(({ path }) => wholeField(document, path));
  return elementsAlong(document, geo.path, false).flatMap((place) =>
    pointsOf(place).flatMap((point) => {
      const hash = geoHash(point, spec);
      return hash ? [[hash, ...rest]] : [];
    }),
  );
}

/** The points of a value: itself if it begins with a number, else each of its items. */
function pointsOf(place: Value): Value[] {
  if (!place.isDocument() && !place.isArray()) return [];
  const inside = [...items(place)];
  const [first] = inside;
  if (first === undefined) return [];
  return isNumberType(first.type) ? [place] : inside;
}

/** All values of a field as one: several make an array, in order and each once. */
function wholeField(document: Value, path: string): Value {
  const values: Value[] = [];
  for (const value of elementsAlong(document, path, true).sort(compareValues)) {
    const last = values.at(-1);
    if (last === undefined || compareValues(last, value) !== 0) values.push(value);
  }
  const [first] = values;
  if (first === undefined) return nullValue;
  if (values.length === 1) return first;
  const array = new DocumentBuilder();
  for (const value of values) array.push(value);
  return array.finishArray();
}

/** Whether an index is a geoHaystack index. */
export function isHaystack({ fields: [first], keyPattern }: Index): boolean {
  const kind = first && field(keyPattern, first.path);
  return first?.kind === 'other' && kind !== undefined && stringOf(kind) === 'geoHaystack';
}

/** The keys of a geoHaystack index: the bucket of the point, then each value of the other field. */
export function haystackKeys(document: Value, { fields, spec }: Index): Value[][] {
  const [geo, other] = fields;
  const [place] = geo ? elementsAlong(document, geo.path, false) : [];
  const bucketSize = numberOf(field(spec, 'bucketSize')) ?? 1;
  if (place === undefined || !(place.isDocument() || place.isArray())) return [];
  const [x, y] = [...items(place)].map((each) => numberOf(each));
  if (x === undefined || y === undefined) return [];
  const bucket = (at: number): number => Math.trunc((at + 180) / bucketSize);
  const root = stringValue(`${bucket(x)}_${bucket(y)}`);
  const values = other ? elementsAlong(document, other.path, true) : [];
  return (values.length === 0 ? [nullValue] : values).map((value) => [root, value]);
}
