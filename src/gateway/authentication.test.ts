import { expect, it } from 'vitest';
import { Credentials } from './authentication.ts';
import { mechanismNames } from './scram.ts';

const credentials = new Credentials({ user: 'reader', password: 'secret' });

it.each(mechanismNames)('the salts of %s do not tell which user exists', (mechanism) => {
  const salt = (user: string): string => credentials.of(user, mechanism).salt.toString('hex');
  const users = ['reader', 'alice', 'bob', ''];
  const salts = users.map(salt);
  expect(users.map(salt)).toEqual(salts);
  expect(new Set(salts).size).toBe(users.length);
  expect(new Set(salts.map(({ length }) => length)).size).toBe(1);
});
