import { describe, expect, it } from 'vitest';
import { toValue } from '../../../bson/js.ts';
import { printValue } from '../../../bson/print.ts';
import { textIndexOf } from '../../../query/text/text-index.ts';
import { textKeys } from './text-keys.ts';

const index = textIndexOf(
  toValue({
    key: { 'a.b': 1, _fts: 'text', _ftsx: 1, c: -1 },
    weights: { body: 1, title: 10 },
    default_language: 'english',
    language_override: 'language',
    textIndexVersion: 3,
  }),
);
const keys = (document: unknown): string[] =>
  textKeys(toValue(document), index).map((key) => key.map((value) => printValue(value)).join(' '));

describe('the keys of a compound text index', () => {
  it('hold what is before and after the text whole', () => {
    expect(keys({ a: { b: 5 }, title: 'Backups', c: [1, 2] })).toEqual(['5 "backup" 10.0 [ 1, 2 ]']);
    expect(keys({ a: [{ b: 5 }], title: 'backup' })).toEqual(['null "backup" 11.0 null']);
  });

  it('are none for a document without terms', () => {
    expect(keys({ a: { b: 5 }, title: 'the of', c: 1 })).toEqual([]);
    expect(keys({ a: { b: 5 }, title: 7 })).toEqual([]);
  });
});
