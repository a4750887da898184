import { afterAll, beforeAll, expect, it } from 'vitest';
import { made, openMadeBackup } from '../../../../test/support/made-backup.ts';
import type { OpenedBackup } from '../../../../test/support/open-backup.ts';
import { plain } from '../../../../test/support/pipelines.ts';
import { runCommand } from '../../../../test/support/run-command.ts';
import { ErrorCode } from '../../../base/error-codes.ts';

let opened: OpenedBackup;
beforeAll(async () => {
  opened = await openMadeBackup([{ _id: 1, a: 5 }], [{ key: { a: 1 } }], { lost: true });
});
afterAll(() => opened.close());

it.each([
  { find: made.collection },
  { find: made.collection, filter: { a: 5 } },
  { count: made.collection },
  { aggregate: made.collection, pipeline: [], cursor: {} },
  { distinct: made.collection, key: 'b' },
  { collStats: made.collection },
  { parallelCollectionScan: made.collection, numCursors: 1 },
  { dbHash: 1 },
])('a collection whose documents cannot be found is not empty: $0', async (command) => {
  await expect(runCommand(opened.engine, made.db, command)).rejects.toMatchObject({
    code: ErrorCode.engineDamaged,
    message: 'made.things cannot be read: the backup does not tell where its documents are',
  });
});

it('is listed, and found by validate', async () => {
  const listed = plain(await runCommand(opened.engine, made.db, { listCollections: 1 }));
  expect(listed).toMatchObject({ cursor: { firstBatch: [{ name: made.collection }] } });
  const validated = plain(await runCommand(opened.engine, made.db, { validate: made.collection }));
  expect(validated).toMatchObject({ valid: false });
});
