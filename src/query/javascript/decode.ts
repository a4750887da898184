import { DocumentBuilder } from '../../bson/builder.ts';
import { decimalNaN, decimalValue, parseDecimal } from '../../bson/decimal.ts';
import {
  boolValue,
  dateValue,
  doubleValue,
  intValue,
  longValue,
  maxKeyValue,
  minKeyValue,
  nullValue,
  stringValue,
  undefinedValue,
} from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import { Value } from '../../bson/value.ts';
import type { Encoded } from './encode.ts';

/** A value that came out of the sandbox in the form of `encode`. */
export function decode(encoded: Encoded): Value {
  if (encoded === null) return nullValue;
  if (typeof encoded === 'number') return intValue(encoded);
  if (typeof encoded === 'string') return stringValue(encoded);
  if (typeof encoded === 'boolean') return boolValue(encoded);
  const [tag, first = null, second = null] = encoded;
  switch (tag) {
    case 'o': {
      const builder = new DocumentBuilder();
      for (let at = 1; at + 1 < encoded.length; at += 2) {
        builder.append(text(encoded[at]), decode(encoded[at + 1] ?? null));
      }
      return builder.finish();
    }
    case 'a': {
      const builder = new DocumentBuilder();
      for (const item of encoded.slice(1)) builder.push(decode(item));
      return builder.finishArray();
    }
    case 'd':
      return doubleValue(Number(first));
    case 'long':
      return longValue(BigInt(text(first)));
    case 'dec':
      return decimalValue(parseDecimal(text(first)) ?? decimalNaN);
    case 'oid':
      return whole(BsonType.objectId, Buffer.from(text(first), 'hex'));
    case 'date':
      return dateValue(BigInt(Number(first)));
    case 're':
      return whole(BsonType.regex, Buffer.from(`${text(first)}\0${text(second)}\0`, 'utf8'));
    case 'bin':
      return binary(Number(first), Buffer.from(text(second), 'base64'));
    case 'ts':
      return timestamp(Number(first), Number(second));
    case 'code':
      return encoded.length > 2
        ? scoped(text(first), decode(second))
        : stringValue(text(first), BsonType.code);
    case 'ptr':
      return whole(
        BsonType.dbPointer,
        Buffer.concat([stringValue(text(first)).slice(), Buffer.from(text(second), 'hex')]),
      );
    case 'min':
      return minKeyValue;
    case 'max':
      return maxKeyValue;
    default:
      return undefinedValue;
  }
}

function text(encoded: Encoded | undefined): string {
  return typeof encoded === 'string' ? encoded : String(Number(encoded ?? 0));
}

function whole(type: number, bytes: Buffer): Value {
  return new Value(type, bytes, 0, bytes.length);
}

function binary(subtype: number, data: Buffer): Value {
  const head = Buffer.alloc(5);
  head.writeInt32LE(data.length);
  head[4] = subtype;
  return whole(BsonType.binData, Buffer.concat([head, data]));
}

function timestamp(seconds: number, increment: number): Value {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(increment >>> 0, 0);
  bytes.writeUInt32LE(seconds >>> 0, 4);
  return whole(BsonType.timestamp, bytes);
}

function scoped(code: string, scope: Value): Value {
  const source = stringValue(code).slice();
  const length = Buffer.alloc(4);
  const document = scope.slice();
  length.writeInt32LE(4 + source.length + document.length);
  return whole(BsonType.codeWithScope, Buffer.concat([length, source, document]));
}
