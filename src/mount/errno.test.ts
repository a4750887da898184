import { expect, it } from 'vitest';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { errnoOf } from './errno.ts';

it.each([
  [ErrorCode.storeDenied, -13],
  [ErrorCode.storeUnavailable, -110],
  [ErrorCode.storeNotFound, -5],
  [ErrorCode.storeChanged, -5],
  [ErrorCode.storeDamaged, -5],
])('a read that fails with %s gives %i', (code, errno) => {
  expect(errnoOf(new MongoqError(code, 'x'))).toBe(errno);
});

it('is an I/O error for anything else', () => {
  expect(errnoOf(new TypeError('x'))).toBe(-5);
});
