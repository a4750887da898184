import { readFile } from 'node:fs/promises';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';

/** The text of a script in the file system. Throws usage, with the system's reason, if it cannot be read. */
export async function readScript(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? `there is no such file in ${process.cwd()}` : messageOf(error);
    throw new MongoqError(ErrorCode.usage, `the script ${file} cannot be read: ${why}`, { cause: error });
  });
}
