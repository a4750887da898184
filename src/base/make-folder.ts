import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes a folder and what is missing above it, each with `mode`; fine if it is there. One step at a time, since Node's
 * own recursive mkdir never returns where a system refuses with ENOENT, as Linux does below /proc. Returns those that
 * were made, from above to below. Throws what the file system said.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<string[]> {
  try {
    return await makeOne(folder, mode);
  } catch (error) {
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    return [...(await makeFolder(parent, mode)), ...(await makeOne(folder, mode))];
  }
}

async function makeOne(folder: string, mode: number): Promise<string[]> {
  try {
    await mkdir(folder, mode);
    return [folder];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(folder)).isDirectory())
      throw error;
    return [];
  }
}
