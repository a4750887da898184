import { expect, it, vi } from 'vitest';
import type { BackupSummary } from '../catalog/catalog.ts';
import { noCounts } from './counts.ts';
import { OpenBackups } from './open-backups.ts';
import type { OpenedEngine } from './open-engine.ts';

const backup = (id: string): BackupSummary => ({ id, key: id }) as BackupSummary;

/** Engines whose `close` fails where `failing` says so; `closed` gets the ids of all that were closed. */
function engines(failing: (id: string) => boolean, closed: string[], alive = () => true) {
  return (summary: BackupSummary): Promise<OpenedEngine> =>
    Promise.resolve({
      engine: {} as OpenedEngine['engine'],
      description: summary.id,
      alive,
      counts: () => Promise.resolve(noCounts),
      close: () => {
        closed.push(summary.id);
        return failing(summary.id)
          ? Promise.reject(new Error(`the mount of ${summary.id} is busy`))
          : Promise.resolve();
      },
    });
}

it('opens a backup though one that is left cannot be closed, and says so', async () => {
  const [onNotice, closed] = [vi.fn(), [] as string[]];
  const opened = new OpenBackups(
    engines((id) => id === '0', closed),
    onNotice,
  );
  for (const id of ['0', '1', '2', '3', '4']) expect((await opened.get(backup(id))).description).toBe(id);
  expect(closed).toEqual(['0', '1']);
  expect(onNotice.mock.calls).toEqual([['could not be undone: the mount of 0 is busy']]);
});

it('opens one again whose engine died, though that cannot be closed', async () => {
  const [onNotice, closed] = [vi.fn(), [] as string[]];
  const opened = new OpenBackups(
    engines(
      () => true,
      closed,
      () => false,
    ),
    onNotice,
  );
  await opened.get(backup('0'));
  expect((await opened.get(backup('0'))).description).toBe('0');
  expect(onNotice).toHaveBeenCalledTimes(1);
});

it('closes all at the end, and tells of each that could not be', async () => {
  const closed: string[] = [];
  const opened = new OpenBackups(
    engines((id) => id !== '2', closed),
    vi.fn(),
  );
  for (const id of ['0', '1', '2']) await opened.get(backup(id));
  await expect(opened.close()).rejects.toThrow('the mount of 0 is busy; the mount of 1 is busy');
  expect(closed).toEqual(['0', '1', '2']);
});
