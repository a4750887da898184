import type { Element, Value } from '../../bson/value.ts';
import type { MatchHooks } from '../match/hooks.ts';
import { parseNear, type NearQuery } from './near.ts';
import { parseGeoIntersects, parseGeoWithin, type GeoPredicate } from './within.ts';

/** A `$near` with the path that it searches: what the matcher's tree holds as `near`. */
export interface PathNear extends NearQuery {
  readonly path: string;
}

/** The geo operators for the parser of filters. */
export const geoHooks = {
  parseGeo(_path: string, operator: Element): GeoPredicate {
    const parse = operator.name === '$geoIntersects' ? parseGeoIntersects : parseGeoWithin;
    return parse(operator.value);
  },
  parseNear(path: string, operators: Value): PathNear {
    return { path, ...parseNear(operators) };
  },
} satisfies MatchHooks;
