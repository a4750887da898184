import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fromEjson, toEjson } from '../../src/bson/ejson.ts';
import type { Value } from '../../src/bson/value.ts';
import { nearnessOf } from '../../src/query/geo/distance.ts';
import { parseGeoNear, type GeoNearResult } from '../../src/query/geo/geo-near.ts';
import { geoIndexesOf } from '../../src/query/geo/near-index.ts';
import type { Batches, QueryHost } from '../../src/query/context.ts';
import { fromDocuments } from '../../src/query/stages/batches.ts';
import { compilePipeline } from '../../src/query/stages/pipeline.ts';
import type { PipelineOptions } from '../../src/query/stages/stage.ts';

/** A value from plain JSON or Extended JSON; whole numbers are ints. */
export function bson(json: unknown): Value {
  return fromEjson(JSON.stringify(json));
}

/** The same back: ints as numbers, other types as Extended JSON. */
export function plain(value: Value): unknown {
  return JSON.parse(toEjson(value), (_, each: unknown) => {
    if (typeof each !== 'object' || each === null) return each;
    const keys = Object.keys(each);
    const int = (each as Record<string, unknown>)['$numberInt'];
    return keys.length === 1 && typeof int === 'string' ? Number(int) : each;
  });
}

/** Collections in memory as stages see them. */
export class MemoryHost implements QueryHost, AsyncDisposable {
  readonly #collections: Record<string, unknown[]>;
  #scratch: string | undefined;
  /** Pipelines that were asked for. */
  readonly asked: { collection: string; pipeline: Value[] }[] = [];

  constructor(collections: Record<string, unknown[]> = {}) {
    this.#collections = collections;
  }

  aggregate(db: string, collection: string, pipeline: Value[]): Batches {
    this.asked.push({ collection, pipeline });
    return this.run(db, collection, pipeline, {});
  }

  run(db: string, collection: string, pipeline: Value[], options: Partial<PipelineOptions>): Batches {
    const context = { db, collator: undefined, signal: new AbortController().signal, host: this };
    const documents = (this.#collections[collection] ?? []).map(bson);
    return compilePipeline(pipeline, context, { collection, ...options }).run(fromDocuments(documents));
  }

  resolveView(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  collStats(db: string, collection: string): Promise<Value> {
    return Promise.resolve(bson({ ns: `${db}.${collection}` }));
  }

  indexStats(): Promise<Value[]> {
    return Promise.resolve([]);
  }

  /** By a 2dsphere index on `at`; the options' filter is not looked at. */
  // eslint-disable-next-line @typescript-eslint/require-await
  async geoNear(_db: string, collection: string, options: Value): Promise<GeoNearResult[]> {
    const indexes = geoIndexesOf([bson({ key: { at: '2dsphere' }, name: 'at' })]);
    const { near, path: at, limit, multiplier } = parseGeoNear(options, indexes);
    const measure = nearnessOf(near, at);
    return (this.#collections[collection] ?? [])
      .map(bson)
      .flatMap((document) => {
        const nearness = measure(document);
        return nearness ? [{ document, ...nearness, distance: nearness.distance * multiplier }] : [];
      })
      .sort((a, b) => a.distance - b.distance)
      .slice(0, limit);
  }

  async scratchDirectory(): Promise<string> {
    this.#scratch ??= await mkdtemp(path.join(tmpdir(), 'mongoq-test-'));
    return this.#scratch;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#scratch !== undefined) await rm(this.#scratch, { recursive: true });
  }
}

/** Runs a pipeline over documents, all as plain JSON. */
export async function aggregate(
  documents: unknown[],
  pipeline: unknown[],
  options: Partial<PipelineOptions> & { others?: Record<string, unknown[]> } = {},
): Promise<unknown[]> {
  const { others = {}, ...rest } = options;
  const host = new MemoryHost({ ...others, c: documents });
  try {
    const results: unknown[] = [];
    for await (const batch of host.run('test', 'c', pipeline.map(bson), rest))
      results.push(...batch.map(plain));
    return results;
  } finally {
    await host[Symbol.asyncDispose]();
  }
}

/** The code and message with which mongod refuses a pipeline. */
export async function refusal(documents: unknown[], pipeline: unknown[]): Promise<string> {
  try {
    await aggregate(documents, pipeline);
  } catch (error) {
    const { code, message } = error as { code?: number; message: string };
    return `${code ?? 'none'}: ${message}`;
  }
  return 'not refused';
}
