import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { plain } from '../support/pipelines.ts';
import { runCommand } from '../support/run-command.ts';
import { runs } from '../support/runs.ts';

interface Reply {
  code?: number;
  errmsg?: string;
  cursor?: { firstBatch: { _id: number }[] };
}

let opened: OpenedBackup;

beforeAll(async () => {
  opened = await openBackup(path.join(import.meta.dirname, '../../sample'), 'rs0-a', '3');
}, 60_000);

afterAll(() => opened.close());

async function run(db: string, command: Record<string, unknown>): Promise<Reply> {
  return plain(await runCommand(opened.engine, db, command)) as Reply;
}

const near = { xy: { $near: [50, 50], $maxDistance: 10 } };
const backup = { $text: { $search: 'backup' } };

describe('a find by distance', () => {
  it('is ordered by its sort, if it has one', async () => {
    const reply = await run('geo', { find: 'places', filter: near, sort: { _id: -1 } });
    const ids = reply.cursor?.firstBatch.map(({ _id }) => _id) ?? [];
    expect(ids.length).toBeGreaterThan(3);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
  });

  it('cannot be answered through a hinted index of another kind', async () => {
    expect(await run('geo', { find: 'places', filter: near, hint: { _id: 1 } })).toMatchObject({ code: 2 });
    const answered = await run('geo', { find: 'places', filter: near, hint: { xy: '2d' } });
    expect(answered.cursor?.firstBatch.length).toBeGreaterThan(3);
  });

  it('is refused with the start that geoNear once had', async () => {
    const reply = await run('geo', { geoNear: 'places', near: [50, 50], start: '1' });
    expect(reply.errmsg).toContain('deprecated');
    expect(reply.code).toBeUndefined();
  });
});

describe('what a query may not put together', () => {
  const inNor = { $nor: [backup] };
  const twice = { $and: [backup, { $text: { $search: 'restore' } }] };
  it.each([
    ['text', { count: 'articles', query: inNor }],
    ['text', { count: 'articles', query: twice }],
    ['text', { count: 'articles', query: backup, hint: '_id_' }],
    ['text', { distinct: 'articles', key: 'title', query: inNor }],
    ['text', { aggregate: 'articles', pipeline: [{ $match: inNor }], cursor: {} }],
    ['text', { aggregate: 'articles', pipeline: [{ $match: twice }], cursor: {} }],
    ['geo', { count: 'places', query: near, hint: { $natural: 1 } }],
  ])('is refused on %s by %j', async (db, command) => {
    expect(await run(db, command)).toMatchObject({ code: 2 });
  });
});

interface Explained {
  queryPlanner: { winningPlan: Record<string, unknown> };
  executionStats: { nReturned: number; totalKeysExamined: number; totalDocsExamined: number };
}

async function explain(filter: Record<string, unknown>): Promise<Explained> {
  const find = { find: 'articles', filter };
  const reply = await runCommand(opened.engine, 'text', { explain: find, verbosity: 'executionStats' });
  return plain(reply) as Explained;
}

/** Words of the articles, some of them not as they stand there, and some of none. */
const word = fc.constantFrom(
  ...[
    'backup',
    'Backups',
    'shard',
    'the',
    'index',
    'storage',
    'restoring',
    'café',
    'query',
    'nothing',
    'oplog',
  ],
);
const part = fc.oneof(
  { weight: 4, arbitrary: word },
  word.map((text) => `-${text}`),
  fc.tuple(word, word).map((words) => `"${words.join(' ')}"`),
);

describe('$text by its index', () => {
  it('reads the entries of its terms and the documents that have one', async () => {
    const { executionStats, queryPlanner } = await explain({ $text: { $search: 'shard -backup "shard"' } });
    const both = { $or: [{ $text: { $search: 'shard' } }, { _id: { $in: [] } }] };
    const having = await run('text', { find: 'articles', filter: both, batchSize: 1000 });
    const documents = having.cursor?.firstBatch.length ?? 0;
    expect(documents).toBeGreaterThan(0);
    expect(documents).toBeLessThan(150);
    expect(executionStats).toMatchObject({ totalKeysExamined: documents, totalDocsExamined: documents });
    expect(executionStats.nReturned).toBeLessThan(documents);
    expect(queryPlanner.winningPlan).toEqual({
      stage: 'TEXT',
      indexPrefix: {},
      indexName: 'title_text_body_text',
      parsedTextQuery: { terms: ['shard'], negatedTerms: ['backup'], phrases: ['shard'], negatedPhrases: [] },
      textIndexVersion: 3,
      inputStage: {
        stage: 'TEXT_MATCH',
        inputStage: {
          stage: 'TEXT_OR',
          inputStage: {
            stage: 'IXSCAN',
            keyPattern: { _fts: 'text', _ftsx: 1 },
            indexName: 'title_text_body_text',
            isMultiKey: true,
            isUnique: false,
            isSparse: false,
            isPartial: false,
            indexVersion: 2,
            direction: 'backward',
            indexBounds: {},
          },
        },
      },
    });
  });

  it('reads nothing for words that are in no document', async () => {
    const { executionStats } = await explain({ $text: { $search: 'nothing the -backup' }, _id: { $gt: 3 } });
    expect(executionStats).toMatchObject({ totalKeysExamined: 0, totalDocsExamined: 0 });
  });

  it('answers as a scan of the collection', async () => {
    const scores = async (filter: Record<string, unknown>) => {
      const projection = { _id: 1, title: 1, score: { $meta: 'textScore' } };
      const find = { find: 'articles', filter, projection, sort: { _id: 1 }, batchSize: 1000 };
      return (await run('text', find)).cursor?.firstBatch;
    };
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
        const $text = { $search: parts.join(' ') };
        // Within an $or it is only looked at, not looked up.
        const scanned = await scores({ $or: [{ $text }, { _id: { $in: [] } }] });
        expect(await scores({ $text })).toEqual(scanned);
        expect(await scores({ $text, _id: { $gt: 70 } })).toEqual(scanned?.filter(({ _id }) => _id > 70));
        found += scanned?.length ?? 0;
      }),
      { numRuns: runs(150) },
    );
    expect(found).toBeGreaterThan(runs(150));
  });
});

describe('$text in an $or', () => {
  it.each([
    [[backup, { _id: 3 }], true],
    [[backup, { _id: { $lt: 3 }, title: 'x' }], true],
    [[backup, { title: 'x' }], false],
    [[backup, { $or: [{ _id: 3 }, { title: 'x' }] }], false],
    [[backup, { $where: 'true' }], false],
  ])('%j: every branch has an index: %j', async (branches, answered) => {
    const reply = await run('text', { find: 'articles', filter: { $or: branches } });
    expect([reply.cursor !== undefined, reply.code]).toEqual(answered ? [true, undefined] : [false, 2]);
  });
});
