import { fromEjson, toEjson } from '../../src/bson/ejson.ts';
import { doubleText } from '../../src/bson/ejson-write.ts';
import { DocumentBuilder } from '../../src/bson/builder.ts';
import { field, type Value } from '../../src/bson/value.ts';
import type { Collator } from '../../src/bson/compare.ts';
import { CommandError } from '../../src/query/errors.ts';
import { compileExpression, createScope } from '../../src/query/expression/parse.ts';
import { Variables } from '../../src/query/expression/variables.ts';

/** A value from canonical Extended JSON; plain JSON numbers without a fraction are ints, others doubles. */
export function ejson(value: unknown): Value {
  const document = fromEjson(JSON.stringify({ v: value }));
  const found = field(document, 'v');
  if (found === undefined) throw new Error('no value');
  return found;
}

/** The canonical Extended JSON of a value, parsed; undefined for a missing one. */
export function plain(value: Value | undefined): unknown {
  if (value === undefined) return undefined;
  const text = toEjson(new DocumentBuilder().append('v', value).finish());
  return (JSON.parse(text) as { v: unknown }).v;
}

/** What an expression (Extended JSON) gives for a document (Extended JSON), as Extended JSON. */
export function evaluate(expression: unknown, document: unknown = {}, collator?: Collator): unknown {
  const compiled = compileExpression(ejson(expression), createScope(collator));
  return plain(compiled.evaluate(new Variables(ejson(document))));
}

/** The code of the CommandError that an expression throws when compiled or evaluated. */
export function failure(expression: unknown, document: unknown = {}): number | undefined {
  try {
    evaluate(expression, document);
  } catch (error) {
    if (error instanceof CommandError) return error.code;
    throw error;
  }
  throw new Error(`no error from ${JSON.stringify(expression)}`);
}

// Numbers and dates as Extended JSON.

export const int = (n: number): unknown => ({ $numberInt: String(n) });
export const long = (n: bigint | number | string): unknown => ({ $numberLong: String(n) });
export const double = (n: number): unknown => ({ $numberDouble: doubleText(n) });
export const decimal = (text: string): unknown => ({ $numberDecimal: text });
export const date = (milliseconds: number | string): unknown => ({
  $date: { $numberLong: String(milliseconds) },
});
