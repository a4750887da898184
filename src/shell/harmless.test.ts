import { expect, it } from 'vitest';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { formatError } from './format-error.ts';
import { formatResult } from './format.ts';

const name = 'red\x1b[31m\x1b]0;title\x07\r\x9b';
const shown = 'red\\x1b[31m\\x1b]0;title\\x07\\x0d\\x9b';
const plain = { colors: false };

it.each([
  ['an error', formatError(new Error(name))],
  ['our own error', formatError(new MongoqError(ErrorCode.usage, 'no', { hint: name }))],
  ['a database', formatResult({ type: 'ShowDatabasesResult', printable: [{ name }] }, plain)],
  ['a collection', formatResult({ type: 'ShowCollectionsResult', printable: [{ name, badge: '' }] }, plain)],
])('the name of %s cannot steer the terminal', (_, text) => {
  expect(text).toContain(shown);
});

it('line ends and tabs stay', () => {
  expect(formatError(new Error('a\n\tb'))).toBe('Error: a\n\tb');
});
