import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DocumentBuilder } from '../../src/bson/builder.ts';
import { groupingKey } from '../../src/bson/grouping-key.ts';
import { toValue } from '../../src/bson/js.ts';
import { intValue, regexValue, stringValue } from '../../src/bson/make.ts';
import { printDocument } from '../../src/bson/print.ts';
import { BsonType } from '../../src/bson/types.ts';
import { elements, field, items, type Value } from '../../src/bson/value.ts';
import { btreeKeys } from '../../src/engine/rocks/index-keys/btree-keys.ts';
import { modelValue, type Model } from '../support/bson-model.ts';
import { anyFilter, documentModel, filterModel } from '../support/filter-arbitrary.ts';
import { made, openMadeBackup } from '../support/made-backup.ts';
import type { OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { runs } from '../support/runs.ts';

interface Spec extends Record<string, unknown> {
  key: Record<string, unknown>;
}

interface Made {
  documents: Value[];
  specs: Spec[];
  version: 0 | 1;
}

function wrap(name: string, value: Value): Value {
  return new DocumentBuilder().append(name, value).finish();
}

const path = fc.constantFrom('a', 'b', 'a.b', 'b.a', 'a.a', 'a.b.a', 'a.0', 'b.1.a');
const partial = fc.constantFrom(
  { a: { $gt: 0 } },
  { b: { $exists: true } },
  { 'a.b': { $gte: 1 } },
  { a: 1 },
);
const spec: fc.Arbitrary<Spec> = fc
  .record({
    paths: fc.uniqueArray(path, { minLength: 1, maxLength: 3 }),
    ways: fc.array(fc.constantFrom(1, -1), { minLength: 3, maxLength: 3 }),
    more: fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.constant({ sparse: true }) },
      { weight: 1, arbitrary: partial.map((filter) => ({ partialFilterExpression: filter })) },
      { weight: 1, arbitrary: fc.constant('hashed' as const) },
    ),
  })
  .map(({ paths, ways, more }) =>
    more === 'hashed'
      ? { key: { [paths[0]!]: more } }
      : { key: Object.fromEntries(paths.map((each, at) => [each, ways[at]!])), ...more },
  );

/** Whether a number on the path is both a position and a name, which mongod refuses to index. */
function isAmbiguous(value: Value, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return false;
  if (value.isDocument()) {
    const next = field(value, name);
    return next !== undefined && isAmbiguous(next, rest);
  }
  if (!value.isArray()) return false;
  const documents = [...items(value)].filter((item) => item.isDocument());
  const placed = /^\d+$/.test(name) ? field(value, name) : undefined;
  if (placed === undefined) return documents.some((item) => isAmbiguous(item, [name, ...rest]));
  return documents.some((item) => field(item, name) !== undefined) || isAmbiguous(placed, rest);
}

function isIndexable(document: Value, { key }: Spec): boolean {
  const paths = Object.keys(key);
  if (paths.some((each) => isAmbiguous(document, each.split('.')))) return false;
  if (Object.values(key).includes('hashed')) {
    // A hashed index takes no arrays: what is on the way must be documents.
    let value: Value | undefined = document;
    for (const name of paths[0]!.split('.')) {
      value = value?.isDocument() === true ? field(value, name) : undefined;
      if (value?.isArray() === true) return false;
    }
  }
  try {
    btreeKeys(document, paths, false);
    return true;
  } catch {
    return false;
  }
}

/** Whether version 0 of the keys cannot hold a value. */
function hasDecimal(value: Value): boolean {
  if (value.type === BsonType.decimal || value.type === BsonType.codeWithScope) return true;
  return (value.isDocument() || value.isArray()) && [...items(value)].some(hasDecimal);
}

/** Documents in an array, of which different ones may pass different tests. */
const few = fc.record({ t: fc.constant('int' as const), v: fc.nat(3) });
const pair = fc.tuple(few, few).map(([a, b]) => ({
  t: 'object' as const,
  v: [
    ['a', a],
    ['b', b],
  ] as [string, Model][],
}));
const pairs = fc.array(pair, { minLength: 1, maxLength: 3 }).map((v) => ({ t: 'array' as const, v }));
const withPairs = fc
  .tuple(fc.constantFrom('a', 'b'), pairs)
  .map(([name, array]) => ({ t: 'object' as const, v: [[name, array]] as [string, Model][] }));

const collection = fc
  .record({
    models: fc.array(fc.oneof({ weight: 2, arbitrary: documentModel }, withPairs), {
      minLength: 10,
      maxLength: 40,
    }),
    specs: fc.uniqueArray(spec, { minLength: 1, maxLength: 4, selector: ({ key }) => JSON.stringify(key) }),
    version: fc.constantFrom(0 as const, 1 as const),
  })
  .map(({ models, specs, version }): Made => {
    const documents = models
      .map((model, _id) => {
        const builder = new DocumentBuilder().int('_id', _id);
        for (const { name, value } of elements(modelValue(model))) builder.append(name, value);
        return builder.finish();
      })
      .filter((document) => specs.every((each) => isIndexable(document, each)))
      .filter((document) => version === 1 || !hasDecimal(document));
    return { documents, specs, version };
  });

const regex = fc
  .tuple(path, fc.constantFrom('^a', '^', 'b', '^ab?', '^(a|b)'), fc.constantFrom('', 'i', 's'))
  .map(([on, pattern, options]) => wrap(on, regexValue(pattern, options)));
const anywhere = fc.oneof(
  { weight: 8, arbitrary: anyFilter.map((given) => modelValue(filterModel(given))) },
  { weight: 1, arbitrary: regex },
);

function* valuesAt(value: Value, [name, ...rest]: readonly string[]): Generator<Value> {
  if (value.isArray())
    for (const item of items(value)) yield* valuesAt(item, name === undefined ? [] : [name, ...rest]);
  if (name === undefined) yield value;
  else if (value.isDocument() || value.isArray()) {
    const next = field(value, name);
    if (next) yield* valuesAt(next, rest);
  }
}

/** Tests of every field of one of the indexes, of values that one of the documents has there. */
function alongIndex({ documents, specs }: Made): fc.Arbitrary<Value> {
  const operator = fc.constantFrom('$eq', '$gt', '$gte', '$lt', '$lte');
  return fc.tuple(fc.constantFrom(...specs), fc.constantFrom(...documents)).chain(([{ key }, document]) => {
    const tests = Object.keys(key).map((on) => {
      const there = [...valuesAt(document, on.split('.'))];
      const value = fc.constantFrom(...there.filter(isOperand), intValue(1));
      const test = fc.tuple(operator, value).map(([name, operand]) => wrap(name, operand));
      const item = test.map((inner) => wrap('$elemMatch', inner));
      const two = fc.tuple(value, value).map((both) => wrap('$in', arrayOf(both)));
      const tested = fc.oneof({ weight: 3, arbitrary: test }, item, two).map((each) => wrap(on, each));
      return fc.array(tested, { minLength: 1, maxLength: 2 });
    });
    return fc.tuple(...tests).map((all) => wrap('$and', arrayOf(all.flat())));
  });
}

function arrayOf(values: readonly Value[]): Value {
  const builder = new DocumentBuilder();
  for (const value of values) builder.push(value);
  return builder.finishArray();
}

/** A filter refuses undefined, and takes a regular expression as a pattern. */
function isOperand({ type }: Value): boolean {
  return type !== BsonType.undefined && type !== BsonType.regex;
}

const asked = collection
  .filter(({ documents }) => documents.length > 0)
  .chain((given) => {
    const filters = fc.array(fc.oneof(anywhere, alongIndex(given)), { minLength: 40, maxLength: 40 });
    return fc.tuple(fc.constant(given), filters);
  });

async function find(opened: OpenedBackup, parts: Record<string, Value>): Promise<Value[] | string> {
  const command = new DocumentBuilder().string('find', made.collection);
  for (const [name, value] of Object.entries(parts)) command.append(name, value);
  const reply = await runCommand(opened.engine, made.db, command.int('batchSize', 1000).finish());
  const cursor = field(reply, 'cursor');
  return cursor ? [...items(field(cursor, 'firstBatch')!)] : printDocument(reply);
}

const natural = toValue({ $natural: 1 });
const bytes = (found: Value[] | string): string[] =>
  typeof found === 'string' ? [found] : found.map((each) => each.slice().toString('hex')).sort();
const sortKeys = (found: Value[] | string): string[] =>
  typeof found === 'string' ? [found] : found.map((each) => groupingKey(field(each, 'key')));

it('indexes of any kind on any values change no answer', { timeout: 300_000 }, async () => {
  let found = 0;
  await fc.assert(
    fc.asyncProperty(asked, async ([{ documents, specs, version }, filters]) => {
      const opened = await openMadeBackup(documents, specs, { version, withPaths: version === 1 });
      try {
        for (const [at, given] of filters.entries()) {
          const text = printDocument(given);
          const scanned = await find(opened, { filter: given, hint: natural });
          found += scanned.length;
          expect(bytes(await find(opened, { filter: given })), text).toEqual(bytes(scanned));
          const sort = toValue(specs[at % specs.length]!.key);
          const sorted = { filter: given, sort, projection: toValue({ key: { $meta: 'sortKey' } }) };
          expect(sortKeys(await find(opened, sorted)), `${text} by ${printDocument(sort)}`).toEqual(
            sortKeys(await find(opened, { ...sorted, hint: natural })),
          );
          for (const [i, { key, sparse, partialFilterExpression }] of specs.entries()) {
            if (sparse ?? partialFilterExpression) continue;
            const hinted = await find(opened, { filter: given, hint: stringValue(`index_${i + 1}`) });
            expect(bytes(hinted), `${text} by ${JSON.stringify(key)}`).toEqual(bytes(scanned));
          }
          if (typeof scanned === 'string') continue;
          const count = new DocumentBuilder().string('count', made.collection).append('query', given);
          const reply = await runCommand(opened.engine, made.db, count.finish());
          expect(groupingKey(field(reply, 'n')), text).toBe(groupingKey(intValue(scanned.length)));
        }
      } finally {
        await opened.close();
      }
    }),
    { numRuns: runs(60), seed: 41, endOnFailure: true },
  );
  expect(found).toBeGreaterThan(runs(600));
});
