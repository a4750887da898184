import { stringBytesValue, stringValue } from '../../../bson/make.ts';
import { printValue } from '../../../bson/print.ts';
import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import { location, type CommandError } from '../../errors.ts';
import { exactInt, isNumber, toLong, toText } from '../coerce.ts';
import { fixed } from '../nary.ts';
import type { OperatorEntry } from '../operator.ts';
import { typeName } from '../type-name.ts';

function continuesCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/**
 * $substrBytes, and $substr, its old name. Start and length are unsigned 64-bit numbers as in mongod: a negative
 * length runs to the end, and the end of the range wraps before it is checked.
 */
function substrBytes(name: string, text: string, start: Value | undefined, length: Value | undefined): Value {
  if (!isBinaryNumber(start)) throw notNumeric(16034, name, 'starting index', start);
  if (!isBinaryNumber(length)) throw notNumeric(16035, name, 'length', length);
  const bytes = Buffer.from(text);
  const from = BigInt.asUintN(64, toLong(start));
  const count = BigInt.asUintN(64, toLong(length));
  if (continuesCharacter(at(bytes, from))) {
    throw location(28656, `${name}:  Invalid range, starting index is a UTF-8 continuation byte.`);
  }
  if (continuesCharacter(at(bytes, BigInt.asUintN(64, from + count)))) {
    throw location(28657, `${name}:  Invalid range, ending index is in the middle of a UTF-8 character.`);
  }
  if (from >= bytes.length) return stringValue('');
  const end = from + count > bytes.length ? bytes.length : Number(from + count);
  return stringBytesValue(bytes.subarray(Number(from), end));
}

/** Decimals are no numbers here, unlike in $substrCP. */
function isBinaryNumber(value: Value | undefined): value is Value {
  return isNumber(value) && value.type !== BsonType.decimal;
}

function at(bytes: Buffer, index: bigint): number | undefined {
  return index < bytes.length ? bytes[Number(index)] : undefined;
}

function substrCP(text: string, start: Value | undefined, length: Value | undefined): Value {
  const name = '$substrCP';
  if (!isNumber(start)) throw notNumeric(34450, name, 'starting index', start);
  const from = exactInt(start);
  if (from === undefined) throw notIntegral(34451, name, 'starting index', start);
  if (!isNumber(length)) throw notNumeric(34452, name, 'length', length);
  const count = exactInt(length);
  if (count === undefined) throw notIntegral(34453, name, 'length', length);
  if (count < 0) throw location(34454, `${name}: length must be a nonnegative integer.`);
  if (from < 0) throw location(34455, `${name}: the starting index must be nonnegative integer.`);
  return stringValue(
    Array.from(text)
      .slice(from, from + count)
      .join(''),
  );
}

function notNumeric(code: number, name: string, what: string, value: Value | undefined): CommandError {
  return location(code, `${name}: ${what} must be a numeric type (is BSON type ${typeName(value)})`);
}

function notIntegral(code: number, name: string, what: string, value: Value): CommandError {
  const text = printValue(value);
  return location(code, `${name}: ${what} cannot be represented as a 32-bit integral value: ${text}`);
}

function substring(
  name: string,
  apply: (name: string, text: string, start: Value | undefined, length: Value | undefined) => Value,
): OperatorEntry {
  return fixed(3, {
    name,
    evaluate(operands, variables) {
      const [text, start, length] = operands.map((operand) => operand.evaluate(variables));
      return apply(name, toText(text), start, length);
    },
  });
}

/** Parts of strings, by bytes or by code points. */
export const substringOperators: readonly OperatorEntry[] = [
  substring('$substrBytes', substrBytes),
  substring('$substr', (_, ...rest) => substrBytes('$substrBytes', ...rest)),
  substring('$substrCP', (_, ...rest) => substrCP(...rest)),
];
