import { expect, it } from 'vitest';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { formatError } from './format-error.ts';

const server = Object.assign(new Error('no backup is chosen: `cr ID` chooses a replica'), {
  name: 'MongoServerError',
  codeName: 'OperationFailed',
});

it.each<[string, unknown, string]>([
  [
    'our own, with its hint',
    new MongoqError(ErrorCode.catalogNoBackup, 'replica rs0-a has no backup 77', {
      hint: 'there are 5, from 0 (2026-11-22) to 4',
    }),
    'replica rs0-a has no backup\n77 (CAT-002)\n  there are 5, from 0\n  (2026-11-22) to 4',
  ],
  [
    'the server’s',
    server,
    'MongoServerError[OperationFailed]:\nno backup is chosen: `cr ID`\nchooses a replica',
  ],
  [
    'those with a picture, as they are',
    new SyntaxError('Unexpected token (1:3)\n\n> 1 | db.users.findOne({_id: 1)\n    |    ^'),
    'SyntaxError: Unexpected token (1:3)\n\n> 1 | db.users.findOne({_id: 1)\n    |    ^',
  ],
  ['what is no error', 42, 'Uncaught: 42'],
])('errors fit the terminal: %s', (_name, error, text) => {
  expect(formatError(error, false, 28)).toBe(text);
});

it('an error of colours is broken where it would be without', () => {
  const colored = formatError(server, true, 28);
  expect(colored.replace(/\x1b\[[0-9;]*m/g, '')).toBe(formatError(server, false, 28));
  expect(colored).not.toBe(formatError(server, false, 28));
});
