import { existsSync } from 'node:fs';
import path from 'node:path';
import { ErrorCode } from './error-codes.ts';
import { MongoqError } from './errors.ts';

/**
 * The compiled file of a program that is started as a process or thread of its own, such as `mount/mount-process`.
 * It is looked for from the package's root, since this module may be in a shared chunk, or uncompiled under a test.
 */
export function entryFile(name: string): string {
  return path.join(packageRoot(), 'dist', `${name}.js`);
}

/** The same for a program that also runs uncompiled: where this module does, its source. */
export function sourceOrEntryFile(name: string): string {
  return import.meta.filename.endsWith('.ts')
    ? path.join(packageRoot(), 'src', `${name}.ts`)
    : entryFile(name);
}

/** A bundle that the build has compiled: see load-compiled.ts. */
export function compiledFile(name: string): string {
  return path.join(packageRoot(), 'dist/compiled', name);
}

/** The folder of the package.json at or above `from`. Throws internal if there is none: files of the package are missing. */
export function packageRoot(from = import.meta.dirname): string {
  if (existsSync(path.join(from, 'package.json'))) return from;
  const above = path.dirname(from);
  if (above !== from) return packageRoot(above);
  throw new MongoqError(ErrorCode.internal, `there is no package.json above ${import.meta.dirname}`, {
    hint: 'install mongoq anew: its files are not complete',
  });
}
