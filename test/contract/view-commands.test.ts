import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberOf } from '../../src/bson/access.ts';
import { toJs } from '../../src/bson/js.ts';
import { field } from '../../src/bson/value.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';

let backup: OpenedBackup;
beforeAll(async () => {
  backup = await openBackup('sample', 'rs0-a', '3');
});
afterAll(() => backup.close());

const join = { $lookup: { from: 'adults', localField: '_id', foreignField: '_id', as: 'x' } };
const french = { locale: 'fr' };

/** A command on the view app.adults, or on one that reads it, and the code with which mongod 3.4 refuses it. */
const refused: [Record<string, unknown>, number][] = [
  [{ distinct: 'adults', key: '' }, 40352],
  [{ distinct: 'adults', key: 'name.' }, 40353],
  [{ distinct: 'adults', key: '$name' }, 16410],
  [{ distinct: 'adults', key: 'city', collation: french }, 167],
  [{ distinct: 'adults', key: 'city', query: { $where: 'true' } }, 16395],
  [{ find: 'adults', comment: 'x' }, 168],
  [{ count: 'adults', limit: 0 }, 15958],
  [{ count: 'adults', hint: '_id_' }, 168],
  [{ count: 'adults', collation: french }, 167],
  [{ aggregate: 'adults', pipeline: [{ $collStats: { storageStats: {} } }], cursor: {} }, 166],
  [{ aggregate: 'adults', pipeline: [{ $limit: 1 }, { $collStats: {} }], cursor: {} }, 2],
  [{ aggregate: 'users', pipeline: [join], cursor: {}, collation: french }, 167],
  [{ aggregate: 'users', pipeline: [{ $facet: { a: [join] } }], cursor: {}, collation: french }, 167],
  [{ aggregate: 'users', pipeline: [], cursor: {}, fromRouter: 1 }, 14],
  [{ aggregate: 'users', pipeline: [], cursor: {}, writeConcern: { w: 1 } }, 72],
  [{ dataSize: 'app.adults' }, 166],
];

describe('commands on views', () => {
  it.each(refused)('%j is refused with %i', async (command, code) => {
    const reply = await runCommand(backup.engine, 'app', command);
    expect(numberOf(field(reply, 'code'))).toBe(code);
  });

  it('refuse an aggregate of no name without a code', async () => {
    const reply = await runCommand(backup.engine, 'app', { aggregate: '', pipeline: [], cursor: {} });
    expect(toJs(reply)).toMatchObject({ errmsg: 'missing collection name' });
    expect(field(reply, 'code')).toBeUndefined();
  });

  it.each([
    [{ count: 'adults', query: { age: { $gt: 80 } } }, '$count'],
    [{ distinct: 'adults', key: 'age', query: { age: { $gt: 80 } } }, '$group'],
  ])('explain %j as the pipeline that it becomes', async (explain, last) => {
    const reply = toJs(await runCommand(backup.engine, 'app', { explain })) as { stages: object[] };
    const names = reply.stages.flatMap((stage) => Object.keys(stage));
    expect(names[0]).toBe('$cursor');
    expect(names).toContain('$match');
    expect(names.at(-1)).toBe(last);
  });

  it('tell the statistics of a view itself', async () => {
    const pipeline = [{ $collStats: { latencyStats: {} } }];
    const reply = await runCommand(backup.engine, 'app', { aggregate: 'adults', pipeline, cursor: {} });
    expect(toJs(reply)).toMatchObject({ cursor: { firstBatch: [{ ns: 'app.adults' }] } });
  });

  it('give the distinct values of a view, none where nothing matches', async () => {
    const query = { _id: { $lt: 3 } };
    const names = await runCommand(backup.engine, 'app', { distinct: 'adults', key: 'name.last', query });
    expect(toJs(names)).toMatchObject({ values: expect.arrayContaining(['Costa', 'Xu', 'Abe']) as unknown });
    const nothing = { distinct: 'adults', key: 'city', query: { _id: -1 } };
    expect(toJs(await runCommand(backup.engine, 'app', nothing))).toMatchObject({ values: [] });
  });
});
