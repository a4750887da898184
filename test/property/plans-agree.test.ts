import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringOf } from '../../src/bson/access.ts';
import { DocumentBuilder } from '../../src/bson/builder.ts';
import { groupingKey } from '../../src/bson/grouping-key.ts';
import { intValue, nullValue, stringValue } from '../../src/bson/make.ts';
import { printDocument, printElement } from '../../src/bson/print.ts';
import { elements, field, items, type Value } from '../../src/bson/value.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { storeOf } from '../support/stores.ts';
import { runs, thorough } from '../support/runs.ts';

interface Target {
  db: string;
  name: string;
  /** Paths of index fields, and values that documents have there. */
  paths: { path: string; values: Value[] }[];
}

function wrap(name: string, value: Value): Value {
  return new DocumentBuilder().append(name, value).finish();
}

function arrayOf(values: readonly Value[]): Value {
  const builder = new DocumentBuilder();
  for (const value of values) builder.push(value);
  return builder.finishArray();
}

function* valuesAt(value: Value, path: readonly string[]): Generator<Value> {
  const [name, ...rest] = path;
  if (name === undefined) {
    yield value;
    if (value.isArray()) yield* items(value);
  } else if (value.isDocument()) {
    const next = field(value, name);
    if (next) yield* valuesAt(next, rest);
  } else if (value.isArray()) {
    for (const item of items(value)) if (item.isDocument()) yield* valuesAt(item, path);
  }
}

async function find(
  opened: OpenedBackup,
  { db, name }: Target,
  parts: Record<string, Value>,
): Promise<Value> {
  const command = new DocumentBuilder().string('find', name);
  for (const [part, value] of Object.entries(parts)) command.append(part, value);
  command.bool('singleBatch', true).int('batchSize', 100_000);
  return runCommand(opened.engine, db, command.finish());
}

function documentsOf(reply: Value): string[] {
  const cursor = field(reply, 'cursor');
  if (cursor === undefined) return [`failed: ${printDocument(reply)}`];
  return [...items(field(cursor, 'firstBatch')!)].map((document) => document.slice().toString('hex'));
}

async function targetsOf(opened: OpenedBackup): Promise<Target[]> {
  const targets: Target[] = [];
  const databases = field(await runCommand(opened.engine, 'admin', { listDatabases: 1 }), 'databases')!;
  for (const entry of items(databases)) {
    const db = stringOf(field(entry, 'name')!);
    const listing = await runCommand(opened.engine, db, {
      listCollections: 1,
      filter: { type: 'collection' },
    });
    for (const listed of items(field(field(listing, 'cursor')!, 'firstBatch')!)) {
      const name = stringOf(field(listed, 'name')!);
      const indexes = field(
        field(await runCommand(opened.engine, db, { listIndexes: name }), 'cursor') ?? listed,
        'firstBatch',
      );
      const sample = field(
        await runCommand(opened.engine, db, { find: name, limit: 60, singleBatch: true }),
        'cursor',
      )!;
      const documents = [...items(field(sample, 'firstBatch')!)];
      const names = new Set(
        [...items(indexes ?? arrayOf([]))].flatMap((spec) =>
          [...elements(field(spec, 'key')!)].map((each) => each.name),
        ),
      );
      const paths = [...names].map((path) => ({
        path,
        values: documents.flatMap((document) => [...valuesAt(document, path.split('.'))]),
      }));
      if (documents.length > 0 && paths.length > 0) targets.push({ db, name, paths });
    }
  }
  return targets;
}

function filters(target: Target): fc.Arbitrary<Value> {
  const leaf = fc.constantFrom(...target.paths).chain(({ path, values }) => {
    const value = fc.constantFrom(...values, nullValue, intValue(7), stringValue('m'));
    const comparison = fc
      .tuple(fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte', '$ne'), value)
      .map(([operator, operand]) => wrap(operator, operand));
    const list = fc
      .array(value, { minLength: 1, maxLength: 4 })
      .map((values_) => wrap('$in', arrayOf(values_)));
    const exists = fc.boolean().map((yes) => wrap('$exists', intValue(yes ? 1 : 0)));
    return fc.oneof(value, comparison, comparison, list, exists).map((test) => wrap(path, test));
  });
  const both = fc.array(leaf, { minLength: 2, maxLength: 3 }).map((parts) => wrap('$and', arrayOf(parts)));
  const either = fc.array(leaf, { minLength: 2, maxLength: 3 }).map((parts) => wrap('$or', arrayOf(parts)));
  const mixed = fc.tuple(leaf, either).map((parts) => wrap('$and', arrayOf(parts)));
  return fc.oneof(leaf, leaf, both, either, mixed);
}

const natural = wrap('$natural', intValue(1));

describe.each([
  ['rs0-a', '3'],
  ['rs2-c', '3'],
])('the planner on %s backup %s', (replica, backup) => {
  const store = storeOf(replica, backup);
  let opened: OpenedBackup;
  let shared: OpenedBackup;
  let targets: Target[];
  beforeAll(async () => {
    opened = await openBackup(store!, replica, backup);
    shared = await openBackup(store!, replica, backup, { threads: 1, bytesAlone: 0, pieceBytes: 2 << 10 });
    targets = await targetsOf(opened);
  });
  afterAll(async () => {
    await shared.close();
    await opened.close();
  });

  it('finds by index what a scan finds', { timeout: 120_000 }, async () => {
    expect(targets.length).toBeGreaterThan(5);
    for (const target of targets) {
      await fc.assert(
        fc.asyncProperty(filters(target), async (filter) => {
          const planned = documentsOf(await find(opened, target, { filter })).sort();
          const scanned = documentsOf(await find(opened, target, { filter, hint: natural })).sort();
          expect(planned, `${target.db}.${target.name} ${printDocument(filter)}`).toEqual(scanned);
        }),
        { numRuns: runs(25), seed: 34 },
      );
    }
  });

  it('finds the same in the same order when another thread does a part', { timeout: 120_000 }, async () => {
    let done = 0;
    const ready = new Promise<void>((resolve) => {
      process.once('worker', (worker) => {
        worker.on('exit', () => {
          resolve();
        });
        worker.on('message', ({ kind }: { kind: string }) => {
          if (kind === 'ready') resolve();
          if (kind === 'done') done++;
        });
      });
    });
    await find(shared, targets[0]!, { hint: natural, filter: wrap('_id', intValue(7)) });
    await ready;
    for (const target of thorough ? targets : targets.filter((_, i) => i % 3 === 0)) {
      const paths = fc.constantFrom(...target.paths.map(({ path }) => path));
      await fc.assert(
        fc.asyncProperty(filters(target), paths, fc.nat({ max: 30 }), async (filter, path, limit) => {
          const parts: Record<string, Value>[] = [
            { filter, hint: natural },
            { filter, hint: natural, sort: wrap(path, intValue(1)), limit: intValue(limit) },
            { filter, hint: natural, limit: intValue(limit), skip: intValue(2) },
          ];
          for (const part of parts) {
            const text = `${target.db}.${target.name} ${printDocument(filter)}`;
            expect(documentsOf(await find(shared, target, part)), text).toEqual(
              documentsOf(await find(opened, target, part)),
            );
          }
        }),
        { numRuns: thorough ? 6 : 3, seed: 5 },
      );
    }
    expect(done).toBeGreaterThan(thorough ? 50 : 10);
  });

  it('sorts by index as in memory, and counts what it finds', { timeout: 120_000 }, async () => {
    for (const target of targets) {
      const paths = fc.constantFrom(...target.paths.map(({ path }) => path));
      const direction = fc.constantFrom(1, -1);
      await fc.assert(
        fc.asyncProperty(filters(target), paths, direction, async (filter, path, way) => {
          const sort = new DocumentBuilder().int(path, way);
          if (path !== '_id') sort.int('_id', 1);
          const parts = { filter, sort: sort.finish() };
          const planned = documentsOf(await find(opened, target, parts));
          const scanned = documentsOf(await find(opened, target, { ...parts, hint: natural }));
          expect(planned, `${target.db}.${target.name} ${printDocument(filter)} by ${path}`).toEqual(scanned);
          const count = new DocumentBuilder().string('count', target.name).append('query', filter).finish();
          const counted = field(await runCommand(opened.engine, target.db, count), 'n')!;
          expect(counted.slice().readInt32LE(), `count of ${printDocument(filter)}`).toBe(scanned.length);
        }),
        { numRuns: runs(10), seed: 17 },
      );
    }
  });

  it('projects by index what it projects from documents', { timeout: 120_000 }, async () => {
    const byName = (reply: Value): string[] =>
      [...items(field(field(reply, 'cursor')!, 'firstBatch')!)]
        .map((document) => [...elements(document)].map(printElement).sort().join())
        .sort();
    for (const target of targets) {
      // What has a dot is never covered.
      const names = target.paths.map(({ path }) => path).filter((path) => !path.includes('.'));
      const chosen = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 2 });
      await fc.assert(
        fc.asyncProperty(filters(target), chosen, async (filter, fields) => {
          const projection = new DocumentBuilder();
          if (!fields.includes('_id')) projection.int('_id', 0);
          for (const name of fields) projection.int(name, 1);
          const parts = { filter, projection: projection.finish() };
          const planned = byName(await find(opened, target, parts));
          const scanned = byName(await find(opened, target, { ...parts, hint: natural }));
          expect(planned, `${target.db}.${target.name} ${printDocument(filter)} ${fields.join()}`).toEqual(
            scanned,
          );
        }),
        { numRuns: runs(15), seed: 5 },
      );
    }
  });

  it('tells the distinct values by index as by a scan', { timeout: 120_000 }, async () => {
    const everything = wrap('_id', wrap('$exists', intValue(1)));
    for (const target of targets) {
      for (const { path } of target.paths) {
        const distinct = async (query?: Value): Promise<string[]> => {
          const command = new DocumentBuilder().string('distinct', target.name).string('key', path);
          if (query) command.append('query', query);
          const reply = await runCommand(opened.engine, target.db, command.finish());
          return [...items(field(reply, 'values')!)].map((value) => groupingKey(value)).sort();
        };
        expect(await distinct(), `${target.db}.${target.name} ${path}`).toEqual(await distinct(everything));
      }
    }
  });
});
