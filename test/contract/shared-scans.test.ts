import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { numberOf } from '../../src/bson/access.ts';
import { toEjson } from '../../src/bson/ejson.ts';
import { toValue } from '../../src/bson/js.ts';
import { documentOf, field, items, type Value } from '../../src/bson/value.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { messageOf } from '../../src/base/errors.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import { flipBit } from '../support/damaged-stores.ts';
import { large, writeLargeCollection } from '../support/large-collection.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { thorough } from '../support/runs.ts';

const { db, collection } = large;
const documents = thorough ? 60_000 : 36_000;
/** Another thread takes its part after a megabyte, in pieces of a few thousand documents. */
const early = { threads: 1, bytesAlone: 1 << 20, pieceBytes: 128 << 10 };

const commands: Record<string, Record<string, unknown>> = {
  'a find': { find: collection, filter: { few: { $in: [3, 500, 900] } } },
  'a find of which much matches': { find: collection, filter: { few: { $lt: 400 } } },
  'a find with a limit': { find: collection, filter: { few: 999 }, skip: 20, limit: 25 },
  'a find with a collation': {
    find: collection,
    filter: { tags: 'T3', few: 5 },
    collation: { locale: 'en', strength: 2 },
  },
  'a find with a projection': {
    find: collection,
    filter: { few: 7 },
    projection: { at: 1, tags: { $slice: 1 } },
  },
  'a sort with a limit': { find: collection, sort: { few: -1, value: 1 }, limit: 100 },
  'a sort with a limit, of equal values': { find: collection, sort: { few: 1 }, skip: 3, limit: 200 },
  'a sort with a filter': { find: collection, filter: { few: { $lt: 5 } }, sort: { value: -1 } },
  'a count': { count: collection, query: { few: { $gte: 500 } } },
  'a count that ends early': { count: collection, query: { few: 4 }, limit: 30 },
  'a pipeline': {
    aggregate: collection,
    pipeline: [
      { $match: { few: { $lt: 50 } } },
      { $group: { _id: '$few', sum: { $sum: '$value' }, first: { $first: '$_id' } } },
    ],
    cursor: {},
  },
  'a filter with JavaScript': { find: collection, filter: { few: 3, $where: 'this._id > 30000' } },
};

/** The replies of a command and of all its getMores, without the cursor's id. */
async function answer(engine: Engine, command: Record<string, unknown>): Promise<string[]> {
  const shown: string[] = [];
  let reply = await runCommand(engine, db, command);
  for (let part = 'firstBatch'; ; part = 'nextBatch') {
    const cursor = field(reply, 'cursor');
    if (!cursor) return [...shown, toEjson(reply)];
    for (const document of items(field(cursor, part)!)) shown.push(toEjson(document));
    const id = field(cursor, 'id')!;
    if (numberOf(id) === 0) return shown;
    reply = await runCommand(engine, db, more(id));
  }
}

function more(id: Value): Value {
  return toValue({ getMore: id.bytes.readBigInt64LE(id.start), collection });
}

/** The threads that were started, and what they have done. */
const threads: Worker[] = [];
let done = 0;
let ended = 0;
const onWorker = (worker: Worker): void => {
  threads.push(worker);
  worker.on('exit', () => ended++);
  worker.on('message', ({ kind }: { kind: string }) => {
    if (kind === 'done' || kind === 'failed') done++;
  });
};

async function opened(store: ObjectStore, scan: typeof early | { threads: 0 }): Promise<OpenedBackup> {
  return openBackup(store, large.replica, large.id, scan);
}

/** Has the threads started by a scan, and waits until they take their part. */
async function startThreads(engine: Engine): Promise<void> {
  const before = done;
  const endedBefore = ended;
  do await answer(engine, commands['a find']!);
  while (done === before && ended === endedBefore);
  expect(done).toBeGreaterThan(before);
}

describe('a scan that threads share', { timeout: 60_000 }, () => {
  const store = new MemoryStore();
  let alone: OpenedBackup;
  let together: OpenedBackup;

  beforeAll(async () => {
    process.on('worker', onWorker);
    await writeLargeCollection(store, documents);
    alone = await opened(store, { threads: 0 });
    together = await opened(store, early);
    await startThreads(together.engine);
  }, 120_000);

  beforeEach(() => {
    done = 0;
  });

  afterAll(async () => {
    await together.close();
    await alone.close();
    process.off('worker', onWorker);
  });

  it.each(Object.entries(commands))('answers %s as one thread does', async (_, command) => {
    const expected = await answer(alone.engine, command);
    expect(expected.length).toBeGreaterThan(0);
    expect(await answer(together.engine, command)).toEqual(expected);
  });

  it('lets the other thread do its part', async () => {
    await answer(together.engine, commands['a find']!);
    expect(done).toBeGreaterThan(3);
  });

  it('keeps what most documents match on one thread', async () => {
    await answer(together.engine, commands['a find of which much matches']!);
    expect(done).toBe(0);
  });

  it('explains what one thread looks at', async () => {
    const command = { explain: commands['a find with a limit']!, verbosity: 'executionStats' };
    const stats = async ({ engine }: OpenedBackup): Promise<(number | undefined)[]> => {
      const found = field(await runCommand(engine, db, command), 'executionStats')!;
      return ['nReturned', 'totalDocsExamined'].map((name) => numberOf(field(found, name)));
    };
    expect(await stats(together)).toEqual(await stats(alone));
  });

  it('begins no more requests than it needs', async () => {
    const counts = together.reader.counts;
    const before = counts.bytesFetched;
    await answer(together.engine, commands['a find']!);
    // Everything is in the cache of the one reader that all threads read through.
    expect(counts.bytesFetched).toBe(before);
  });

  it('goes on while cursors that nobody reads hold what was found for them', async () => {
    const filter = { few: { $lt: 150 } };
    for (let i = 0; i < 4; i++)
      await runCommand(together.engine, db, { find: collection, filter, batchSize: 1 });
    expect(await answer(together.engine, commands['a count']!)).toEqual(
      await answer(alone.engine, commands['a count']!),
    );
  });

  it('can be stopped, and the next one is whole', async () => {
    const command = Buffer.from(toValue({ find: collection, filter: { text: 'nothing' } }).slice());
    for (const ms of [0, 5, 10, 20, 40]) {
      const abort = new AbortController();
      setTimeout(() => abort.abort(), ms);
      const reply = documentOf(await together.engine.run({ db, command, signal: abort.signal }));
      expect([1, 11601]).toContain(numberOf(field(reply, 'code') ?? field(reply, 'ok')));
    }
    const find = commands['a find']!;
    expect(await answer(together.engine, find)).toEqual(await answer(alone.engine, find));
  });

  it('names the object and the offset of damage, after what lies before it', async () => {
    const damaged = new MemoryStore();
    await writeLargeCollection(damaged, documents);
    const { files } = await new Catalog(damaged).loadBackup(large.replica, large.id);
    const table = files.find(({ name, size }) => name.endsWith('.sst') && size > 1 << 20)!;
    await flipBit(damaged, table.key, Math.floor(table.size * 0.7));
    const outcome = async (scan: typeof early | { threads: 0 }): Promise<string> => {
      const backup = await opened(damaged, scan);
      const { engine } = backup;
      const before = done;
      try {
        // The pieces before the damage are scanned until the other thread has done some.
        while (scan.threads > 0 && done === before) {
          await answer(engine, { ...commands['a find']!, limit: 80 }).catch(() => undefined);
        }
        return await answer(engine, commands['a find']!).then(String, messageOf);
      } finally {
        await backup.close();
      }
    };
    const expected = await outcome({ threads: 0 });
    expect(expected).toContain(table.key);
    expect(expected).toContain('offset');
    expect(await outcome(early)).toBe(expected);
  });

  it('is done by one thread when the other has ended', async () => {
    const own = await opened(store, early);
    const known = threads.length;
    await startThreads(own.engine);
    const running = answer(own.engine, commands['a find']!);
    await threads[known]!.terminate();
    const expected = await answer(alone.engine, commands['a find']!);
    expect(await running).toEqual(expected);
    expect(await answer(own.engine, commands['a find']!)).toEqual(expected);
    expect(threads.length).toBe(known + 1);
    await own.close();
  });

  it('starts no thread where none may be', async () => {
    const known = threads.length;
    await answer(alone.engine, commands['a find']!);
    expect(threads.length).toBe(known);
  });
});
