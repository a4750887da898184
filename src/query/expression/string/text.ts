import { stringBytesOf, stringOf } from '../../../bson/access.ts';
import { intValue, nullValue, stringValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { location } from '../../errors.ts';
import { isNullish, toText } from '../coerce.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Expression } from '../expression.ts';
import { always, binary, unary, variadic } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';
import type { Variables } from '../variables.ts';

/** Whether the value is a string (a symbol is not), the only type that these operators take as it is. */
export function isString(value: Value | undefined): value is Value {
  return value?.type === BsonType.string;
}

function concat(operands: readonly Expression[], variables: Variables): Value {
  let text = '';
  for (const operand of operands) {
    const value = operand.evaluate(variables);
    if (isNullish(value)) return nullValue;
    if (!isString(value)) throw location(16702, `$concat only supports strings, not ${typeName(value)}`);
    text += stringOf(value);
  }
  return stringValue(text);
}

// ASCII only: mongod leaves other letters as they are.

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function upper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/** $strcasecmp: -1, 0 or 1 by the bytes of both in upper case. */
function compareIgnoringCase(left: Value | undefined, right: Value | undefined): Value {
  return intValue(Buffer.compare(Buffer.from(upper(toText(left))), Buffer.from(upper(toText(right)))));
}

function length(name: string, code: number, of: (value: Value) => number): OperatorEntry {
  return unary(name, (value) => {
    if (!isString(value)) {
      throw location(code, `${name} requires a string argument, found: ${typeName(value)}`);
    }
    return intValue(of(value));
  });
}

/** The code points of UTF-8: the bytes that do not continue one. */
function codePoints(value: Value): number {
  let count = 0;
  for (const byte of stringBytesOf(value)) if ((byte & 0xc0) !== 0x80) count++;
  return count;
}

function split(input: Value | undefined, separator: Value | undefined): Value {
  if (isNullish(input) || isNullish(separator)) return nullValue;
  if (!isString(input)) throw splitError(40085, 'first', input);
  if (!isString(separator)) throw splitError(40086, 'second', separator);
  const separatorText = stringOf(separator);
  if (separatorText === '') throw location(40087, '$split requires a non-empty separator');
  const builder = new DocumentBuilder();
  for (const part of stringOf(input).split(separatorText)) builder.push(stringValue(part));
  return builder.finishArray();
}

function splitError(code: number, which: string, value: Value): Error {
  return location(
    code,
    `$split requires an expression that evaluates to a string as a ${which} argument, found: ${typeName(value)}`,
  );
}

/** Whole strings; $toLower, $toUpper and $strcasecmp take what has a text, the others strings only. */
export const textOperators: readonly OperatorEntry[] = [
  variadic({ name: '$concat', evaluate: concat, associative: always }),
  unary('$toLower', (value) => stringValue(lower(toText(value)))),
  unary('$toUpper', (value) => stringValue(upper(toText(value)))),
  binary('$strcasecmp', compareIgnoringCase),
  length('$strLenBytes', 34473, (value) => value.end - value.start - 5),
  length('$strLenCP', 34471, codePoints),
  binary('$split', split),
];
