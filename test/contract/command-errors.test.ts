import { BSONSymbol, Long } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { longOf, numberOf } from '../../src/bson/access.ts';
import { DocumentBuilder } from '../../src/bson/builder.ts';
import { toJs } from '../../src/bson/js.ts';
import { field, items } from '../../src/bson/value.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';

let backup: OpenedBackup;
beforeAll(async () => {
  backup = await openBackup('sample', 'rs0-a', '3');
});
afterAll(() => backup.close());

/** A command on the database app, and the code with which mongod 3.4 refuses it. */
const refused: [Record<string, unknown>, number][] = [
  [{ find: 'users', filter: { age: 30 }, tailable: true }, 2],
  [{ find: 'users', tailable: true, singleBatch: true }, 2],
  [{ find: 'users', ntoreturn: 2, limit: 1 }, 2],
  [{ find: 'users', ntoreturn: 2, batchSize: 1 }, 2],
  [{ find: 'users', min: { _id: 1 }, sort: { $natural: 1 } }, 2],
  [{ find: 'users', filter: { _id: 5 }, oplogReplay: true }, 2],
  [{ find: 'users', limit: NaN }, 2],
  [{ find: 'users', batchSize: 1e30 }, 2],
  [{ find: 'users', sort: { $natural: 1 }, hint: '_id_' }, 2],
  [{ find: 'users', sort: { $natural: 1 }, hint: { $natural: -1 } }, 2],
  [{ find: 'users', projection: { key: { $meta: 'sortKey' } } }, 2],
  [{ find: 'users', projection: { distance: { $meta: 'geoNearDistance' } } }, 96],
  [{ find: 'users', min: { _id: 5 }, max: { _id: 2 } }, 2],
  [{ find: 'users', sort: { a: 1 }, projection: { a: { $meta: 'textScore' } } }, 2],
  [{ find: 'users', min: { _id: 5 }, max: { _id: 5 }, hint: '_id_' }, 2],
  [{ count: new BSONSymbol('users') }, 73],
  [{ count: 'users', skip: NaN }, 2],
  [{ listCollections: 1, filter: { $text: { $search: 'a' } } }, 2],
  [{ listCollections: 1, filter: 5 }, 2],
  [{ getMore: Long.fromNumber(5), collection: 'users', term: Long.fromNumber(1) }, 2],
  [{ find: 'users', term: 5 }, 9],
  [{ find: 'users', maxTimeMS: 1.5 }, 2],
  [{ find: '$cmd' }, 73],
  [{ find: '$cmd.sys.inprog' }, 73],
  [{ find: 'adults', singleBatch: true }, 168],
  [{ find: 'adults', ntoreturn: 2 }, 2],
  [{ count: 'users', limit: 'x' }, 2],
  [{ count: 'users', skip: null }, 2],
  [{ count: 'users', collation: null }, 2],
  [{ distinct: 'users', key: 'a', collation: 5 }, 14],
  [{ distinct: '', key: 'a' }, 28538],
  [{ listIndexes: 5 }, 28539],
  [{ listIndexes: 'users', cursor: { batchSize: 'x', more: 1 } }, 2],
  [{ getMore: 5, collection: 'users' }, 14],
  [{ getMore: Long.fromNumber(5), collection: 5 }, 14],
  [{ getMore: Long.fromNumber(5), collection: 'users', batchSize: 0 }, 2],
  [{ getMore: Long.fromNumber(5), collection: 'users', batchSize: 'x' }, 14],
  [{ getMore: Long.fromNumber(5), collection: 'users', maxTimeMS: -1 }, 2],
  [{ getMore: Long.fromNumber(5), collection: 'users', more: 1 }, 9],
  [{ getMore: Long.fromNumber(5), collection: 'adults' }, 43],
  [{ find: 'users', writeConcern: { w: 1 } }, 72],
  [{ count: 'users', writeConcern: 5 }, 72],
  [{ find: 'users', readConcern: { level: 'local', more: 1 } }, 72],
  [{ find: 'users', readConcern: { level: 5 } }, 14],
  [{ find: 'users', readConcern: { afterOpTime: { ts: 1, t: 1 } } }, 123],
  [{ find: 'users', filter: 5, readConcern: 'local' }, 9],
  [{ listCollections: 1, readConcern: { level: 'majority' } }, 72],
  [{ getMore: Long.fromNumber(5), collection: 'users', readConcern: { level: 'majority' } }, 148],
  [{ count: 'users', $maxTimeMS: 5 }, 72],
  [{ dataSize: 'users' }, 73],
  [{ dataSize: 5 }, 2],
  [{ parallelCollectionScan: 'nothing', numCursors: 0 }, 26],
  [{ planCacheListFilters: 1 }, 28539],
  [{ planCacheListPlans: 'users' }, 2],
  [{ planCacheListPlans: 'users', query: { $no: 1 } }, 2],
  [{ killCursors: '', cursors: [Long.fromNumber(5)] }, 73],
];

/** Commands on the database app that look wrong and that mongod 3.4 takes. */
const taken: Record<string, unknown>[] = [
  { count: 'users', hint: 5 },
  { listCollections: 1, readConcern: { level: 'local' } },
  { count: 'users', query: 'x' },
  { planCacheListFilters: 'users' },
  { planCacheListQueryShapes: 'users' },
  { planCacheListPlans: 'users', query: { age: 5 } },
  { planCacheListPlans: 'nothing' },
  { collStats: 'renamed', scale: null },
  { dbStats: 1, scale: false },
  { find: 'users', filter: { _id: 5 }, min: { nothing: 1 } },
  { find: 'users', snapshot: true, max: { nothing: 1 } },
  { find: 'users', min: { _id: 5 }, max: { _id: 5 } },
  { find: 'users', sort: { $natural: -1 }, hint: { $natural: -1 } },
  { find: 'adults', limit: 1, singleBatch: true },
  { find: 'adults', limit: 1, awaitData: false, allowPartialResults: false },
];

describe('commands with odd options', () => {
  it.each(refused)('refuses %j with %i', async (command, code) => {
    const reply = await runCommand(backup.engine, 'app', command);
    expect(numberOf(field(reply, 'ok')), JSON.stringify(toJs(reply))).toBe(0);
    expect(numberOf(field(reply, 'code'))).toBe(code);
  });

  it.each(taken)('takes %j', async (command) => {
    const reply = await runCommand(backup.engine, 'app', command);
    expect(numberOf(field(reply, 'ok')), JSON.stringify(toJs(reply))).toBe(1);
  });

  it('refuses names of collections to hash that are no strings, without a code', async () => {
    const reply = await runCommand(backup.engine, 'app', { dbHash: 1, collections: [5] });
    expect(numberOf(field(reply, 'ok'))).toBe(0);
    expect(field(reply, 'code')).toBeUndefined();
  });

  it.each([
    [{ find: 'users', hint: { $natural: 1 }, maxScan: 3 }, 3],
    [{ find: 'users', hint: '_id_', maxScan: 3 }, 2],
    [{ find: 'users', filter: { _id: 5 }, maxScan: 1 }, 1],
  ])('%j finds %i documents', async (find, expected) => {
    const reply = await runCommand(backup.engine, 'app', find);
    expect([...items(field(field(reply, 'cursor')!, 'firstBatch')!)]).toHaveLength(expected);
  });

  it('takes an array for the filter that it is in BSON', async () => {
    const count = async (query: unknown) =>
      numberOf(field(await runCommand(backup.engine, 'app', { count: 'users', query }), 'n'));
    expect(await count([{ age: 5 }])).toBe(0);
    expect(await count([])).toBe(1498);
  });

  it('knows the roles that every server has by name', async () => {
    const rolesInfo = [{ role: 'read', db: 'app' }, 'root', 'nothing'];
    const reply = toJs(await runCommand(backup.engine, 'admin', { rolesInfo }));
    const described = { isBuiltin: true, roles: [], inheritedRoles: [] };
    expect(reply).toMatchObject({
      roles: [
        { role: 'read', db: 'app', ...described },
        { role: 'root', db: 'admin', ...described },
      ],
    });
  });

  it('refuses a field given twice', async () => {
    const twice = new DocumentBuilder().string('count', 'users').int('skip', 1).int('skip', 1).finish();
    const reply = await runCommand(backup.engine, 'app', twice);
    expect(numberOf(field(reply, 'code'))).toBe(9);
  });

  it('lists databases by a filter that must be a document', async () => {
    const wrong = await runCommand(backup.engine, 'admin', { listDatabases: 1, filter: 5 });
    expect(numberOf(field(wrong, 'code'))).toBe(14);
    const names = await runCommand(backup.engine, 'admin', { listDatabases: 1, nameOnly: 1 });
    expect(field(names, 'totalSize')).toBeUndefined();
  });

  it('finds the cursors of the collection only', async () => {
    const reply = await runCommand(backup.engine, 'app', { find: 'users', batchSize: 1 });
    const id = Long.fromBigInt(longOf(field(field(reply, 'cursor')!, 'id')!));
    const elsewhere = await runCommand(backup.engine, 'app', { getMore: id, collection: 'orders' });
    expect(numberOf(field(elsewhere, 'code'))).toBe(43);
    const kept = await runCommand(backup.engine, 'app', { killCursors: 'orders', cursors: [id] });
    expect([...items(field(kept, 'cursorsNotFound')!)]).toHaveLength(1);
    const killed = await runCommand(backup.engine, 'app', { killCursors: 'users', cursors: [id] });
    expect([...items(field(killed, 'cursorsKilled')!)]).toHaveLength(1);
  });

  it('lets a getMore wait only where a cursor waits', async () => {
    const reply = await runCommand(backup.engine, 'app', { find: 'users', batchSize: 1 });
    const id = longOf(field(field(reply, 'cursor')!, 'id')!);
    const more = { getMore: Long.fromBigInt(id), collection: 'users' };
    const refusal = await runCommand(backup.engine, 'app', { ...more, maxTimeMS: 50 });
    expect(numberOf(field(refusal, 'code'))).toBe(2);
    const next = await runCommand(backup.engine, 'app', { ...more, batchSize: 1 });
    expect(numberOf(field(next, 'ok'))).toBe(1);
  });

  it('takes the old number to return for the size of the first batch', async () => {
    const reply = await runCommand(backup.engine, 'app', { find: 'users', ntoreturn: 3 });
    expect(toJs(reply)).toMatchObject({ cursor: { firstBatch: [{}, {}, {}] } });
  });
});
