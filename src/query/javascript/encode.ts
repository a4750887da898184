import { boolOf, dateOf, doubleOf, intOf, longOf, stringOf } from '../../bson/access.ts';
import { decimalOf, decimalText } from '../../bson/decimal.ts';
import { BsonType } from '../../bson/types.ts';
import { documentOf, elements, items, type Value } from '../../bson/value.ts';

/**
 * Values on their way into the sandbox, as JSON: ints, strings, booleans and null as themselves, all else as an array whose first
 * item says what it is. Documents are `['o', name, value, ...]`, so that no field can be taken for something else.
 */
export type Encoded = number | string | boolean | null | Encoded[];

/** The JSON text of a value. */
export function encode(value: Value): string {
  return JSON.stringify(encoded(value));
}

function encoded(value: Value): Encoded {
  switch (value.type) {
    case BsonType.int:
      return intOf(value);
    case BsonType.string:
    case BsonType.symbol:
      return stringOf(value);
    case BsonType.bool:
      return boolOf(value);
    case BsonType.null:
      return null;
    case BsonType.double: {
      const double = doubleOf(value);
      return ['d', Object.is(double, -0) ? '-0' : String(double)];
    }
    case BsonType.long:
      return ['long', String(longOf(value))];
    case BsonType.decimal:
      return ['dec', decimalText(decimalOf(value))];
    case BsonType.object: {
      const out: Encoded[] = ['o'];
      for (const element of elements(value)) out.push(element.name, encoded(element.value));
      return out;
    }
    case BsonType.array: {
      const out: Encoded[] = ['a'];
      for (const item of items(value)) out.push(encoded(item));
      return out;
    }
    default:
      return special(value);
  }
}

function special(value: Value): Encoded {
  const { bytes, start, end } = value;
  switch (value.type) {
    case BsonType.objectId:
      return ['oid', bytes.toString('hex', start, end)];
    case BsonType.date:
      return ['date', Number(dateOf(value))];
    case BsonType.regex: {
      const pattern = bytes.indexOf(0, start);
      return ['re', bytes.toString('utf8', start, pattern), bytes.toString('utf8', pattern + 1, end - 1)];
    }
    case BsonType.binData:
      return ['bin', bytes[start + 4] ?? 0, bytes.toString('base64', start + 5, end)];
    case BsonType.timestamp:
      return ['ts', bytes.readUInt32LE(start + 4), bytes.readUInt32LE(start)];
    case BsonType.code:
      return ['code', stringOf(value)];
    case BsonType.codeWithScope: {
      const { code, scope } = codeWithScope(value);
      return ['code', code, encoded(scope)];
    }
    case BsonType.dbPointer:
      return ['ptr', bytes.toString('utf8', start + 4, end - 13), bytes.toString('hex', end - 12, end)];
    case BsonType.minKey:
      return ['min'];
    case BsonType.maxKey:
      return ['max'];
    default:
      return ['u'];
  }
}

/** The parts of a code with scope: its own length, the code as a string, the scope as a document. */
export function codeWithScope({ bytes, start }: Value): { code: string; scope: Value } {
  const length = bytes.readInt32LE(start + 4);
  const scopeAt = start + 8 + length;
  return { code: bytes.toString('utf8', start + 8, scopeAt - 1), scope: documentOf(bytes, scopeAt) };
}
