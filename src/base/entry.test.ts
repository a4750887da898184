import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot, sourceOrEntryFile } from './entry.ts';

it('finds the programs of the package, and ends where there is no package', () => {
  expect(packageRoot()).toBe(path.resolve(import.meta.dirname, '../..'));
  expect(existsSync(sourceOrEntryFile('operations/md5-worker'))).toBe(true);
  expect(() => packageRoot('/')).toThrow(/no package.json/);
});
