import { describe, expect, it } from 'vitest';
import { field, items } from '../../src/bson/value.ts';
import { openBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { storeOf } from '../support/stores.ts';

async function costOfOneDocument(store: string, replica: string, backup: string, db: string, command: object) {
  const opened = await openBackup(store, replica, backup);
  try {
    const reply = await runCommand(opened.engine, db, { ...command });
    const found = [...items(field(field(reply, 'cursor')!, 'firstBatch')!)].length;
    const { requests, bytesFetched } = opened.reader.counts;
    return { found, requests, bytesFetched };
  } finally {
    await opened.close();
  }
}

const findOne = { find: 'users', filter: { _id: 42 }, limit: 1 };

describe('opening a backup and reading one document by its _id', () => {
  const bench = storeOf('bench', '1');
  it.skipIf(bench === undefined)('costs little of a backup of 28 MB', async () => {
    const { found, requests, bytesFetched } = await costOfOneDocument(bench!, 'bench', '1', 'app', findOne);
    expect(found).toBe(1);
    expect(requests).toBeLessThan(40);
    expect(bytesFetched).toBeLessThan(1 << 20);
  });

  it('costs little of the sample', async () => {
    const sample = storeOf('rs0-a', '2')!;
    const { found, requests } = await costOfOneDocument(sample, 'rs0-a', '2', 'app', findOne);
    expect(found).toBe(1);
    expect(requests).toBeLessThan(40);
  });
});
