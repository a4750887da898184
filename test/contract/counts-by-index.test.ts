import { Code } from 'bson';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { numberOf } from '../../src/bson/access.ts';
import { field } from '../../src/bson/value.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';

let backup: OpenedBackup;
beforeAll(async () => {
  backup = await openBackup('sample', 'rs0-a', '3');
});
afterAll(() => backup.close());

const ids = { $gte: 100, $lt: 110 };

it.each([
  [{ _id: ids }, 10],
  [{ _id: { ...ids, $gt: NaN } }, 0],
  [{ $and: [{ _id: { $gt: 100 } }, { _id: { $gt: 105, $lt: 110 } }] }, 4],
  [{ $and: [{ _id: ids }, { _id: { $gte: 'x' } }] }, 0],
  [{ $and: [{ _id: { $gt: new Code('x') } }, { _id: { $gt: 100 } }] }, 0],
])('counts %j from an index as from the documents', async (query, expected) => {
  const counted = await runCommand(backup.engine, 'app', { count: 'users', query });
  const scanned = await runCommand(backup.engine, 'app', { count: 'users', query, hint: { $natural: 1 } });
  expect(numberOf(field(counted, 'n'))).toBe(expected);
  expect(numberOf(field(scanned, 'n'))).toBe(expected);
});
