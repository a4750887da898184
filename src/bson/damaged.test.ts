import { expect, it } from 'vitest';
import { compareValues } from './compare.ts';
import { toEjson } from './ejson.ts';
import { groupingKey } from './grouping-key.ts';
import { InvalidBson } from './layout.ts';
import { toValue } from './js.ts';
import { codeWithScopeValue } from './make.ts';
import { printDocument } from './print.ts';
import { documentOf } from './value.ts';
import { DocumentBuilder } from './builder.ts';

const code = codeWithScopeValue('f()', toValue({ x: 1 }));
const whole = new DocumentBuilder().append('c', code).finish().slice();

it.each([
  ['than there is', 1000],
  ['than leaves room for a scope', 20],
  ['than nothing', -1],
])('code with scope whose code is longer %s is no BSON, and is not read for ever', (_, length) => {
  const bytes = Buffer.from(whole);
  // After the document's length, the type, "c" and its NUL, and the value's length.
  bytes.writeInt32LE(length, 11);
  const document = documentOf(bytes);
  const same = documentOf(Buffer.from(bytes));
  for (const read of [
    () => compareValues(document, same),
    () => groupingKey(document),
    () => toEjson(document),
    () => printDocument(document),
  ]) {
    expect(read).toThrow(InvalidBson);
  }
});
