import { expect, it } from 'vitest';
import { removeStaleRuns } from './run-directory.ts';

it('finds nothing left behind where nothing can be listed', async () => {
  for (const parent of ['/nonexistent', import.meta.filename])
    expect(await removeStaleRuns(parent)).toEqual([]);
});
