import type { Collator } from '../bson/compare.ts';
import type { Value } from '../bson/value.ts';
import type { GeoNearResult } from './geo/geo-near.ts';

/** Documents in batches: the form in which everything streams. A batch is never empty. */
export type Batches = AsyncIterable<Value[]>;

/** What a query or pipeline needs to know of the world, given when it is compiled. */
export interface QueryContext {
  db: string;
  /** The collation in force; undefined is the simple one (bytes). */
  collator: Collator | undefined;
  /** Aborted when the client asks to stop: checked between batches. */
  signal: AbortSignal;
  /** Reads other collections; absent where a query cannot (a partial index's filter). */
  host: QueryHost | undefined;
}

/** The collections of the backup, as stages such as $lookup see them. */
export interface QueryHost {
  /**
   * Runs `pipeline` (documents, possibly empty) on a collection or view of `db`; the engine uses an index where one
   * serves a leading $match or $sort. A missing collection is empty.
   */
  aggregate(db: string, collection: string, pipeline: Value[], collator: Collator | undefined): Batches;

  /** The pipeline of a view down to a real collection, or undefined if the name is no view. */
  resolveView(db: string, name: string): Promise<{ collection: string; pipeline: Value[] } | undefined>;

  /** The documents that $collStats and $indexStats return for a collection. */
  collStats(db: string, collection: string, options: Value): Promise<Value>;
  indexStats(db: string, collection: string): Promise<Value[]>;

  /** What the geoNear command finds with these options, nearest first. Throws CommandError as the command does. */
  geoNear(
    db: string,
    collection: string,
    options: Value,
    collator: Collator | undefined,
  ): Promise<GeoNearResult[]>;

  /** A directory for spilling, made on first use and removed with the session. */
  scratchDirectory(): Promise<string>;
}
