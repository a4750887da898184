import { expect, it } from 'vitest';
import { bson, MemoryHost, plain } from '../../../test/support/pipelines.ts';
import { toValue } from '../../bson/js.ts';
import { documentOf } from '../../bson/value.ts';
import { fromDocuments } from './batches.ts';
import { compilePipeline } from './pipeline.ts';

it.each([
  ['$match', { $match: { k: 7 } }],
  ['$redact', { $redact: { $cond: [{ $eq: ['$k', 7] }, '$$KEEP', '$$PRUNE'] } }],
])('%s keeps no documents alive that it leaves out', async (_, stage) => {
  const bytes = Buffer.concat(Array.from({ length: 100 }, (__, k) => bson({ k }).slice()));
  const size = bytes.length / 100;
  const documents = Array.from({ length: 100 }, (__, k) => documentOf(bytes, k * size));
  const context = { db: 'test', collator: undefined, signal: new AbortController().signal, host: undefined };
  const pipeline = compilePipeline([bson(stage)], context, { collection: 'c' });
  for await (const batch of pipeline.run(fromDocuments(documents))) {
    expect(batch.map(plain)).toEqual([{ k: 7 }]);
    expect(batch[0]?.bytes.buffer.byteLength).toBe(size);
  }
});

it('a group that no memory holds ends the pipeline, though it may spill', async () => {
  const context = { db: 'test', collator: undefined, signal: new AbortController().signal };
  await using host = new MemoryHost();
  const document = toValue({ s: 'x'.repeat(10_000_000) });
  const pipeline = compilePipeline(
    [bson({ $group: { _id: null, all: { $push: '$s' } } })],
    { ...context, host },
    { collection: 'c', allowDiskUse: true },
  );
  const results = pipeline.run(fromDocuments(Array.from({ length: 11 }, () => document)));
  await expect(results[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 146 });
});

it('$unwind makes batches that are not large of documents that are', async () => {
  await using host = new MemoryHost({
    c: [{ a: Array.from({ length: 100 }, (_, n) => n), s: 'x'.repeat(300_000) }],
  });
  const sizes: number[] = [];
  for await (const batch of host.run('test', 'c', [bson({ $unwind: '$a' })], {})) sizes.push(batch.length);
  expect(sizes.reduce((a, b) => a + b)).toBe(100);
  expect(Math.max(...sizes)).toBe(4);
});
