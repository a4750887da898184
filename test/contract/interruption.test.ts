import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { toValue } from '../../src/bson/js.ts';
import { numberOf } from '../../src/bson/access.ts';
import { documentOf, field } from '../../src/bson/value.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { large, writeLargeCollection } from '../support/large-collection.ts';

const documents = 300_000;
const { db, collection } = large;

const aggregate = (...pipeline: object[]): Record<string, unknown> => ({
  aggregate: collection,
  pipeline,
  cursor: {},
});

/** Commands that need the processor alone, once all is in memory. */
const commands: Record<string, Record<string, unknown>> = {
  'a scan': { find: collection, filter: { text: 'nothing' } },
  'an index scan with its documents': { find: collection, filter: { _id: { $gt: 0 }, text: 'nothing' } },
  'a count': { count: collection, query: { _id: { $gte: 0 } } },
  'a count of everything': { count: collection },
  'a sort with a limit': { find: collection, sort: { value: 1 }, limit: 10 },
  'a group': aggregate({ $group: { _id: '$few', sum: { $sum: '$value' } } }),
  'an unwind': aggregate({ $unwind: '$tags' }, { $sortByCount: '$tags' }),
  'distinct values': { distinct: collection, key: 'few' },
  'a validation': { validate: collection, full: true },
};

describe('a command that never waits', () => {
  let engine: Engine;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const store = new MemoryStore();
    await writeLargeCollection(store, documents);
    const reader = createBlockReader(store);
    const backup = await new Catalog(store).loadBackup(large.replica, large.id);
    engine = await openRocksEngine({ reader, backup });
    close = async () => {
      await engine.close();
      await reader.close();
    };
    // Everything is in memory from here on.
    await run(engine, { find: collection, filter: { text: 'nothing' } });
  }, 120_000);

  afterAll(() => close());

  // Whoever never let the event loop turn would be finished before a timer could fire.
  it.each(Object.entries(commands))('%s ends when it is told to', async (_, command) => {
    const abort = new AbortController();
    setTimeout(() => {
      abort.abort();
    }, 1);
    expect(await run(engine, command, abort.signal)).toBe(11601);
  });

  it.each(Object.entries(commands))('%s ends when its time is up', async (_, command) => {
    expect(await run(engine, { ...command, maxTimeMS: 1 })).toBe(50);
  });
});

/** Runs a command; resolves with its error code, undefined if it succeeds. */
async function run(
  engine: Engine,
  command: Record<string, unknown>,
  signal = new AbortController().signal,
): Promise<number | undefined> {
  const reply = documentOf(await engine.run({ db, command: Buffer.from(toValue(command).slice()), signal }));
  return numberOf(field(reply, 'code'));
}
