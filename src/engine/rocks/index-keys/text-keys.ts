import { doubleValue, nullValue, stringBytesValue } from '../../../bson/make.ts';
import { field, type Value } from '../../../bson/value.ts';
import { termScores } from '../../../query/text/score.ts';
import { termKey } from '../../../query/text/term-key.ts';
import type { TextIndex } from '../../../query/text/text-index.ts';

/**
 * The keys of a document in a text index: for each of its terms the fields before, the term, its score, and the fields after. A
 * document without terms has none.
 */
export function textKeys(document: Value, index: TextIndex): Value[][] {
  const before = index.prefix.map((path) => wholeValue(document, path));
  const after = index.suffix.map((path) => wholeValue(document, path));
  return [...termScores(document, index)].map(([term, score]) => [
    ...before,
    stringBytesValue(termKey(term, index.version)),
    doubleValue(score),
    ...after,
  ]);
}

/** What a field beside the text holds: nothing of it is taken apart, and an array on the way is like a document. */
function wholeValue(document: Value, path: string): Value {
  let value: Value | undefined = document;
  for (const name of path.split('.')) {
    value = value?.isDocument() === true || value?.isArray() === true ? field(value, name) : undefined;
  }
  return value ?? nullValue;
}
