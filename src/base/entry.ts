import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * The compiled file of a program that is started as a process or thread of its own, such as `mount/mount-process`.
 * It is looked for from the package's root, since this module may be in a shared chunk, or uncompiled under a test.
 */
export function entryFile(name: string): string {
  let directory = import.meta.dirname;
  while (!existsSync(path.join(directory, 'package.json'))) directory = path.dirname(directory);
  return path.join(directory, 'dist', `${name}.js`);
}
