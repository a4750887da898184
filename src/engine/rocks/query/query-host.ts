import type { Collator } from '../../../bson/compare.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { dateValue, longValue } from '../../../bson/make.ts';
import { field, type Value } from '../../../bson/value.ts';
import type { Batches, QueryHost } from '../../../query/context.ts';
import { location } from '../../../query/errors.ts';
import type { RocksEngineState } from '../state.ts';
import { appendCollectionStats } from '../stats/append-stats.ts';
import { collectionStats } from '../stats/collection-stats.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import { geoNearDocuments } from './geo-near-documents.ts';
import { prepareAggregate, runAggregate } from './aggregate-documents.ts';
import { resolveView } from './resolved-view.ts';
import { refuseView } from './target.ts';

/** The collections of the backup as stages see them, for a query that ends with `signal`. */
export function queryHost(state: RocksEngineState, signal: AbortSignal): QueryHost {
  return {
    aggregate: (db, collection, pipeline, collator) =>
      aggregate(state, signal, db, collection, pipeline, collator),
    resolveView: async (db, name) => {
      const view = await resolveView(state, db, name);
      return view && { collection: view.collection, pipeline: view.pipeline };
    },
    collStats: (db, collection, options) => collStats(state, signal, db, collection, options),
    indexStats: (db, collection) => Promise.resolve(indexStats(state, db, collection)),
    geoNear: (db, name, options, collator) =>
      geoNearDocuments(state, state.catalog.collection(db, name), options, collator, newScanCounts(), signal),
    scratchDirectory: () => state.scratchDirectory(),
  };
}

async function* aggregate(
  state: RocksEngineState,
  signal: AbortSignal,
  db: string,
  name: string,
  stages: Value[],
  collator: Collator | undefined,
): Batches {
  const view = await resolveView(state, db, name);
  const prepared = await prepareAggregate(state, {
    db,
    collection: view?.collection ?? name,
    pipeline: view ? [...view.pipeline, ...stages] : stages,
    collator,
    allowDiskUse: true,
    signal,
  });
  yield* runAggregate(state, prepared);
}

/** The document of $collStats. */
async function collStats(
  state: RocksEngineState,
  signal: AbortSignal,
  db: string,
  name: string,
  options: Value,
): Promise<Value> {
  const collection = state.catalog.collection(db, name);
  const document = new DocumentBuilder().string('ns', `${db}.${name}`);
  document.append('localTime', dateValue(BigInt(Date.now())));
  if (field(options, 'latencyStats')) {
    document.openDocument('latencyStats');
    for (const kind of ['reads', 'writes', 'commands']) {
      document.openDocument(kind).append('latency', longValue(0n)).append('ops', longValue(0n)).close();
    }
    document.close();
  }
  if (field(options, 'storageStats')) {
    await refuseView(state, db, name);
    if (collection === undefined)
      throw location(
        40280,
        `Unable to retrieve storageStats in $collStats stage: Collection [${db}.${name}] not found.`,
      );
    const inner = new DocumentBuilder();
    appendCollectionStats(inner, collection, await collectionStats(state, collection, signal), 1);
    document.append('storageStats', inner.finish());
  }
  return document.finish();
}

/** The documents of $indexStats: nothing was used since the backup was opened, as far as a server would know. */
function indexStats(state: RocksEngineState, db: string, name: string): Value[] {
  const collection = state.catalog.collection(db, name);
  const since = dateValue(BigInt(state.startedAt.getTime()));
  return (collection?.indexes ?? []).map((index) =>
    new DocumentBuilder()
      .string('name', index.name)
      .append('key', index.keyPattern)
      .string('host', 'mongoq')
      .openDocument('accesses')
      .long('ops', 0n)
      .append('since', since)
      .close()
      .finish(),
  );
}
