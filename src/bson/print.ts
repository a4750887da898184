import { dateOf, doubleOf, intOf, longOf, stringOf } from './access.ts';
import { decimalOf, decimalText } from './decimal.ts';
import { BsonType } from './types.ts';
import { elements, items, Value, type Element } from './value.ts';

/**
 * A document as mongod writes it in messages and logs: `{ find: "users", filter: { _id: 5.0 } }`. Not meant to be
 * read back: types blur and a long text is cut as mongod cuts it.
 */
export function printDocument(document: Value): string {
  const fields = [...elements(document)].map(printElement);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** A field as mongod writes it: `name: value`. */
export function printElement({ name, value }: Element): string {
  return `${name}: ${printValue(value)}`;
}

/** A value as mongod writes it. */
export function printValue(value: Value): string {
  switch (value.type) {
    case BsonType.double:
      return printDouble(doubleOf(value));
    case BsonType.int:
      return String(intOf(value));
    case BsonType.long:
      return String(longOf(value));
    case BsonType.decimal:
      return decimalText(decimalOf(value));
    case BsonType.string:
    case BsonType.symbol:
      return `"${printString(stringOf(value))}"`;
    case BsonType.object:
      return printDocument(value);
    case BsonType.array: {
      const parts = [...items(value)].map(printValue);
      return parts.length === 0 ? '[]' : `[ ${parts.join(', ')} ]`;
    }
    case BsonType.bool:
      return value.bytes[value.start] === 0 ? 'false' : 'true';
    case BsonType.null:
      return 'null';
    case BsonType.undefined:
      return 'undefined';
    case BsonType.minKey:
      return 'MinKey';
    case BsonType.maxKey:
      return 'MaxKey';
    case BsonType.date:
      return `new Date(${dateOf(value)})`;
    case BsonType.objectId:
      return `ObjectId('${value.slice().toString('hex')}')`;
    case BsonType.timestamp: {
      const increment = value.bytes.readUInt32LE(value.start);
      return `Timestamp ${value.bytes.readUInt32LE(value.start + 4)}000|${increment}`;
    }
    case BsonType.regex: {
      const split = value.bytes.indexOf(0, value.start);
      const flags = value.bytes.toString('utf8', split + 1, value.end - 1);
      return `/${value.bytes.toString('utf8', value.start, split)}/${flags}`;
    }
    case BsonType.binData:
      return printBinary(value);
    case BsonType.code:
      return stringOf(value);
    case BsonType.codeWithScope: {
      const length = value.bytes.readInt32LE(value.start + 4);
      const scope = value.start + 8 + length;
      const code = value.bytes.toString('utf8', value.start + 8, scope - 1);
      return `CodeWScope( ${code}, ${printDocument(new Value(BsonType.object, value.bytes, scope, value.end))})`;
    }
    default: {
      const name = value.bytes.toString('utf8', value.start + 4, value.end - 13);
      return `DBRef('${name}',${value.bytes.toString('hex', value.end - 12, value.end)})`;
    }
  }
}

/** C's "%.16g", which always shows a point: 5.0, 0.5, 1e-05.0, 1.5e+20. */
function printDouble(double: number): string {
  if (Number.isNaN(double)) return 'nan.0';
  if (!Number.isFinite(double)) return double < 0 ? '-inf.0' : 'inf.0';
  if (Object.is(double, -0)) return '-0.0';
  const [mantissa = '', power = ''] = double.toExponential(15).split('e');
  const exponent = Number(power);
  const fixed = exponent >= -4 && exponent < 16;
  const digits = (fixed ? double.toFixed(15 - exponent) : mantissa)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
  const size = String(Math.abs(exponent)).padStart(2, '0');
  const text = fixed ? digits : `${digits}e${exponent < 0 ? '-' : '+'}${size}`;
  return text.includes('.') ? text : `${text}.0`;
}

function printString(text: string): string {
  return text.length > 160 ? `${text.slice(0, 150)}...${text.slice(-10)}` : text;
}

function printBinary(value: Value): string {
  const subtype = value.bytes[value.start + 4] as number;
  const bytes = value.bytes.subarray(value.start + 5, value.end);
  if (subtype === 4 && bytes.length === 16) {
    const hex = bytes.toString('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
    return `UUID("${parts.join('-')}")`;
  }
  return `BinData(${subtype}, ${bytes.toString('hex').toUpperCase().slice(0, 80)})`;
}
