import { expect, it } from 'vitest';
import { explainMistype } from './mistype.ts';
import { nearest } from './nearest.ts';

it.each([
  ['lateST', 'latest'],
  ['frist', 'first'],
  ['latets', 'latest'],
  ['nothing', undefined],
])('%s is near %s', (word, meant) => expect(nearest(word, ['latest', 'first'])).toBe(meant));

it('says which command was probably meant', () => {
  const error = new ReferenceError('stauts is not defined');
  expect(explainMistype('stauts', error)).toMatchObject({ hint: 'did you mean status?' });
  const syntax = new SyntaxError('Missing semicolon. (1:6)\n\n> 1 | stauts now');
  expect(explainMistype('stauts now', syntax)).toMatchObject({
    name: 'SyntaxError',
    message: 'Missing semicolon. (1:6)',
    hint: 'did you mean status?',
  });
  const other = new ReferenceError('colour is not defined');
  expect(explainMistype('stauts + colour', other)).toBe(other);
  expect(explainMistype('unrelated', new ReferenceError('unrelated is not defined'))).not.toHaveProperty(
    'hint',
  );
});
