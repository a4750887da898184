import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { plain } from '../support/pipelines.ts';
import { runCommand } from '../support/run-command.ts';

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
