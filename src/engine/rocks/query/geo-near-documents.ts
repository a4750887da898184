import type { Collator } from '../../../bson/compare.ts';
import type { Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { parseGeoNear, type GeoNear, type GeoNearResult } from '../../../query/geo/geo-near.ts';
import { geoIndexesOf } from '../../../query/geo/near-index.ts';
import { metadataOf } from '../../../query/metadata.ts';
import type { Collection } from '../catalog/collection.ts';
import { planNear } from '../planner/near-plan.ts';
import { conjunctsOf } from '../planner/predicates.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { compileQuery, type CompiledQuery } from './compiled-query.ts';
import { emptyDocument } from './empty.ts';
import { limited } from './limits.ts';
import { matched } from './matched.ts';
import { nearest } from './nearest.ts';
import { readPlan } from './plan-source.ts';
import { readNearest } from './read-nearest.ts';

/** Codes from here on are of single places in mongod's code, thrown past what reports a filter as unreadable. */
const firstLocation = 10_000;

/**
 * The documents that a geoNear command with these options finds, nearest first. Throws CommandError as the command does, in mongod 3.4
 * often without a code.
 */
export async function geoNearDocuments(
  state: RocksEngineState,
  collection: Collection | undefined,
  options: Value,
  collator: Collator | undefined,
  counts: ScanCounts,
  signal: AbortSignal,
): Promise<GeoNearResult[]> {
  if (collection === undefined) throw new CommandError(undefined, undefined, "can't find ns");
  const parsed = parseGeoNear(options, geoIndexesOf(collection.indexes.map(({ spec }) => spec)));
  const near = { ...parsed.near, path: parsed.path };
  const query = compiled(parsed, collection, collator);
  const plan = planNear(collection.indexes, near, conjunctsOf(query.filter), collator === undefined);
  const documents = plan
    ? readNearest(state, { collection, query, near, plan, wanted: parsed.limit, signal }, counts)
    : nearest(
        matched(
          readPlan(state, collection, { kind: 'collection', reverse: false }, { signal }, counts),
          query,
          signal,
        ),
        near,
      );
  const found: GeoNearResult[] = [];
  for await (const batch of limited(documents, parsed.limit)) {
    for (const document of batch) {
      const { geoNearDistance: distance = 0, geoNearPoint: point = document } = metadataOf(document) ?? {};
      found.push({ document, distance: distance * parsed.multiplier, point });
    }
  }
  return found;
}

function compiled({ query }: GeoNear, collection: Collection, collator: Collator | undefined): CompiledQuery {
  const unreadable = new CommandError(undefined, undefined, "Can't parse filter / create query");
  try {
    const filter = compileQuery(query ?? emptyDocument, collection, collator);
    if (filter.near ?? filter.text) throw unreadable;
    return filter;
  } catch (error) {
    if (error instanceof CommandError && (error.code ?? 0) < firstLocation) throw unreadable;
    throw error;
  }
}
