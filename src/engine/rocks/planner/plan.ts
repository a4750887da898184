import type { Value } from '../../../bson/value.ts';
import type { TextSearch } from '../../../query/text/text-search.ts';
import type { Index } from '../catalog/collection.ts';
import type { RecordId } from '../keystring/record-id.ts';
import type { FieldBounds } from './field-bounds.ts';
import type { NearSearch } from './near-plan.ts';
import type { KeyRange } from './key-ranges.ts';

export interface CollectionScanPlan {
  kind: 'collection';
  reverse: boolean;
  /** Only records from this id on, and before this one: an oplog's ids are its timestamps. */
  from?: RecordId | undefined;
  before?: RecordId | undefined;
}

/** Reads entries of one index. */
export interface IndexPlan {
  kind: 'index';
  index: Index & { table: NonNullable<Index['table']> };
  bounds: readonly FieldBounds[];
  ranges: readonly KeyRange[];
  /** Leading fields whose bounds the ranges settle. */
  settled: number;
  reverse: boolean;
  /** Whether the entries come in the order of the requested sort. */
  sorted: boolean;
  /** `min` and `max` of the command, for explain. */
  limits: { min: Value | undefined; max: Value | undefined } | undefined;
  /** The search whose terms' entries are read, if the index is of text. */
  text?: TextSearch | undefined;
  /** Set if the documents nearest to a point are searched. */
  near?: NearSearch | undefined;
}

/** The documents of several index plans, each once. */
export interface OrPlan {
  kind: 'or';
  branches: readonly IndexPlan[];
}

/** Nothing to read: the collection does not exist. */
export interface EmptyPlan {
  kind: 'empty';
}

export type Plan = CollectionScanPlan | IndexPlan | OrPlan | EmptyPlan;

/** One value of `_id`: mongod has a stage of its own for it. */
export function isIdLookup({ index, ranges, limits }: IndexPlan): boolean {
  return index.isId && limits === undefined && ranges.length === 1 && ranges[0]?.exact !== undefined;
}
