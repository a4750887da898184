import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes `directory/mongod`, a program that behaves like mongod 3.4.10 with MongoRocks on the command line and on the
 * wire, and answers from the files in its data directory. Returns its path. MONGOQ_TEST_MONGOD names a real one instead.
 */
export async function installMongod(directory: string): Promise<string> {
  const real = process.env['MONGOQ_TEST_MONGOD'];
  if (real) return real;
  const program = path.join(directory, 'mongod');
  const main = path.join(import.meta.dirname, 'main.ts');
  const script = `#!/bin/sh\nexec "${process.execPath}" --import "${import.meta.resolve('tsx')}" "${main}" "$@"\n`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return program;
}
