import { dateOf, doubleOf, intOf, longOf, stringOf } from './access.ts';
import { decimalOf, decimalText } from './decimal.ts';
import { BsonType } from './types.ts';
import { elements, items, Value } from './value.ts';

/**
 * Canonical Extended JSON v2 of a value, straight from its bytes: order and duplicate fields are kept. Source: the
 * MongoDB specification "Extended JSON".
 */
export function toEjson(value: Value): string {
  switch (value.type) {
    case BsonType.object:
      return `{${[...elements(value)].map((e) => `${JSON.stringify(e.name)}:${toEjson(e.value)}`).join(',')}}`;
    case BsonType.array:
      return `[${[...items(value)].map(toEjson).join(',')}]`;
    case BsonType.string:
      return JSON.stringify(stringOf(value));
    case BsonType.bool:
      return value.bytes[value.start] === 0 ? 'false' : 'true';
    case BsonType.null:
      return 'null';
    case BsonType.undefined:
      return '{"$undefined":true}';
    case BsonType.minKey:
      return '{"$minKey":1}';
    case BsonType.maxKey:
      return '{"$maxKey":1}';
    case BsonType.int:
      return wrap('$numberInt', String(intOf(value)));
    case BsonType.long:
      return wrap('$numberLong', String(longOf(value)));
    case BsonType.double:
      return wrap('$numberDouble', doubleText(doubleOf(value)));
    case BsonType.decimal:
      return wrap('$numberDecimal', decimalText(decimalOf(value)));
    case BsonType.date:
      return `{"$date":${wrap('$numberLong', String(dateOf(value)))}}`;
    case BsonType.objectId:
      return wrap('$oid', value.bytes.toString('hex', value.start, value.end));
    case BsonType.symbol:
      return wrap('$symbol', stringOf(value));
    case BsonType.code:
      return wrap('$code', stringOf(value));
    default:
      return rareType(value);
  }
}

function wrap(key: string, text: string): string {
  return `{"${key}":${JSON.stringify(text)}}`;
}

/** The shortest text that reads back as the same double; whole numbers with ".0". */
export function doubleText(double: number): string {
  if (Object.is(double, -0)) return '-0.0';
  const text = String(double);
  return Number.isInteger(double) && !text.includes('e') ? `${text}.0` : text;
}

/** Subtype 2 holds its length once more before the data, and Extended JSON leaves that out. */
function binaryStart({ bytes, start, end }: Value): number {
  const isOld = bytes[start + 4] === 2 && end - start >= 9;
  return isOld && bytes.readInt32LE(start + 5) === end - start - 9 ? start + 9 : start + 5;
}

function rareType(value: Value): string {
  const { bytes, start, end } = value;
  switch (value.type) {
    case BsonType.timestamp:
      return `{"$timestamp":{"t":${bytes.readUInt32LE(start + 4)},"i":${bytes.readUInt32LE(start)}}}`;
    case BsonType.binData: {
      const data = bytes.toString('base64', binaryStart(value), end);
      const subtype = (bytes[start + 4] ?? 0).toString(16).padStart(2, '0');
      return `{"$binary":{"base64":"${data}","subType":"${subtype}"}}`;
    }
    case BsonType.regex: {
      const split = bytes.indexOf(0, start);
      const pattern = JSON.stringify(bytes.toString('utf8', start, split));
      const options = JSON.stringify(bytes.toString('utf8', split + 1, end - 1));
      return `{"$regularExpression":{"pattern":${pattern},"options":${options}}}`;
    }
    case BsonType.codeWithScope: {
      const scope = start + 8 + bytes.readInt32LE(start + 4);
      const code = JSON.stringify(bytes.toString('utf8', start + 8, scope - 1));
      return `{"$code":${code},"$scope":${toEjson(new Value(BsonType.object, bytes, scope, end))}}`;
    }
    default: {
      const namespace = JSON.stringify(bytes.toString('utf8', start + 4, end - 13));
      return `{"$dbPointer":{"$ref":${namespace},"$id":{"$oid":"${bytes.toString('hex', end - 12, end)}"}}}`;
    }
  }
}
