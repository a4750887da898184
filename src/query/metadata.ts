import type { Value } from '../bson/value.ts';

/** What a document carries beside its fields: what `$meta` reads. Stages and projections hand it on. */
export interface Metadata {
  /** The score of $text, for `{$meta: 'textScore'}`. */
  readonly textScore?: number;
  /** Metres on the sphere, or the units of the coordinates: `{$meta: 'geoNearDistance'}`. */
  readonly geoNearDistance?: number;
  /** The point of the document that was nearest: `{$meta: 'geoNearPoint'}`. */
  readonly geoNearPoint?: Value;
  /** The index key that found the document, as `returnKey` shows it. */
  readonly indexKey?: Value;
  readonly recordId?: bigint;
  /** The key that a find sorted the document by, fields with empty names: `{$meta: 'sortKey'}`. */
  readonly sortKey?: Value;
  /** The number that $sample sorted by. */
  readonly randVal?: number;
}

// Beside the values, so that the many documents without metadata cost nothing.
const kept = new WeakMap<Value, Metadata>();

/** The metadata of a document, or undefined if it has none. */
export function metadataOf(document: Value): Metadata | undefined {
  return kept.get(document);
}

/** Adds metadata to what the document has; returns the document. */
export function addMetadata(document: Value, metadata: Metadata): Value {
  const before = kept.get(document);
  kept.set(document, before === undefined ? metadata : { ...before, ...metadata });
  return document;
}

/** Gives `to`, made from `from`, the same metadata; returns `to`. */
export function carryMetadata(from: Value, to: Value): Value {
  const metadata = kept.get(from);
  if (metadata !== undefined) kept.set(to, metadata);
  return to;
}
