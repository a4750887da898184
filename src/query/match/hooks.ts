import type { Element, Value } from '../../bson/value.ts';
import type { Collator } from '../../bson/compare.ts';

/**
 * The parts of a filter that other folders implement. Each function throws CommandError for what mongod refuses. Where
 * one is absent, its operators are refused as by a mongod built without the feature.
 */
export interface MatchHooks {
  /** `{path: {$geoWithin | $within | $geoIntersects: ...}}`; `operator` is that field. */
  parseGeo?(path: string, operator: Element): GeoPredicate;
  /** `{path: {$near | $nearSphere | $geoNear: ..., $maxDistance: ...}}`; `operators` is the whole document beside the path. */
  parseNear?(path: string, operators: Value): NearQuery;
  /** `{$text: {...}}`; `text` is the document beside $text. */
  parseText?(text: Value): TextQuery;
  /** `{$where: code}`: a string, code or code with scope. */
  compileWhere?(code: Value): (document: Value) => boolean;
  /** `{$expr: expression}`. */
  compileExpr?(expression: Value, collator: Collator | undefined): (document: Value) => boolean;
}

/** A parsed geo predicate. What else it holds is between src/query/geo and the planner. */
export interface GeoPredicate {
  /** Whether a value at the path matches: called for each item of an array and for the array itself. */
  matches(value: Value): boolean;
}

/**
 * A parsed $near. It sorts rather than filters: the matcher takes every document, the engine runs it as a search for
 * the nearest. What it holds is between src/query/geo and the planner.
 */
export interface NearQuery {
  readonly path: string;
}

/** A parsed $text. The engine finds the documents through the text index; `matches` decides for one document. */
export interface TextQuery {
  matches(document: Value): boolean;
}

/** What parsing and compiling a filter need to know. */
export interface MatchContext {
  readonly collator?: Collator | undefined;
  readonly hooks?: MatchHooks | undefined;
}
