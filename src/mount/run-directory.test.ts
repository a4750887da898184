import os from 'node:os';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { removeStaleRuns, runParents } from './run-directory.ts';

const nowhere = '/dev/null/none';

beforeEach(() => {
  for (const name of ['XDG_RUNTIME_DIR', 'TMPDIR', 'TMP', 'TEMP']) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('lie in the runtime directory where there is one, and among temporary files', () => {
  expect(runParents()).toEqual(['/tmp']);
  vi.stubEnv('XDG_RUNTIME_DIR', '/dev/shm');
  expect(runParents()).toEqual(['/dev/shm', '/tmp']);
  vi.stubEnv('XDG_RUNTIME_DIR', nowhere);
  expect(runParents()).toEqual(['/tmp']);
});

it('lie in memory where the file system is read-only, but not instead of a directory that was named', () => {
  vi.spyOn(os, 'tmpdir').mockReturnValue(nowhere);
  expect(runParents()).toEqual(['/dev/shm']);
  vi.stubEnv('TMPDIR', nowhere);
  expect(runParents()).toEqual([nowhere]);
});

it('that were left behind are not looked for where nothing can be listed', async () => {
  for (const parent of [nowhere, import.meta.filename]) expect(await removeStaleRuns(parent)).toEqual([]);
});
