import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { ErrorCode } from '../base/error-codes.ts';
import { fromErrno } from './directory-files.ts';
import { FileStream } from './file-stream.ts';

const errno = (code: string): Error => Object.assign(new Error(`${code}: it failed, write`), { code });

it('takes a full disk, and what else does not go by, for no passing fault', async () => {
  const full = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
  expect(fromErrno(full, 'file:///x')).toMatchObject({
    code: ErrorCode.operationSpace,
    message: 'file:///x cannot be written: no space is left',
  });
  expect(fromErrno(errno('EFBIG'), 'x')).toMatchObject({ code: ErrorCode.storeRefused });
  expect(fromErrno(errno('EROFS'), 'x')).toMatchObject({ code: ErrorCode.storeDenied });
  for (const code of ['EAGAIN', 'EMFILE', 'ESTALE', 'ETIMEDOUT', 'ECONNRESET'])
    expect(fromErrno(errno(code), 'x')).toMatchObject({ code: ErrorCode.storeUnavailable });
});

it('takes a local file that cannot be read for no fault of the store', async () => {
  const stream = new FileStream({ file: tmpdir(), size: 10 });
  await expect(stream.sendTo(() => Promise.resolve())).rejects.toMatchObject({
    code: ErrorCode.storeNotFound,
    message: `${tmpdir()} does not exist`,
  });
  stream.destroy();
});
