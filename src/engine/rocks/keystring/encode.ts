import { dateOf, doubleOf, intOf, longOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, items, Value } from '../../../bson/value.ts';
import { encodeDecimal, encodeDouble, encodeInteger } from './encode-number.ts';
import { genericType, keyEnd, KeyType, type KeyVersion } from './key-types.ts';
import { KeyWriter } from './key-writer.ts';
import { TypeBitsWriter } from './type-bits.ts';

/** Directions of an index's fields: negative is descending. */
export type Ordering = readonly number[];

export interface EncodedKey {
  /** KeyString with its end byte, without prefix and record id. */
  key: Buffer;
  typeBits: TypeBitsWriter;
}

/**
 * The KeyString of one value per field of an index. Decimals need version 1: older indexes cannot hold them.
 */
export function encodeKey(values: readonly Value[], ordering: Ordering, version: KeyVersion): EncodedKey {
  const out = new KeyWriter();
  const typeBits = new TypeBitsWriter();
  values.forEach((value, index) => {
    appendField(out, typeBits, value, (ordering[index] ?? 1) < 0, version);
  });
  out.byte(keyEnd);
  return { key: out.finish(), typeBits };
}

/** The encodings of leading fields alone, without the end byte: what search bounds are made of. */
export function encodeBody(values: readonly Value[], ordering: Ordering, version: KeyVersion): Buffer {
  const out = new KeyWriter();
  const typeBits = new TypeBitsWriter();
  values.forEach((value, index) => {
    appendField(out, typeBits, value, (ordering[index] ?? 1) < 0, version);
  });
  return out.finish();
}

function appendField(
  out: KeyWriter,
  bits: TypeBitsWriter,
  value: Value,
  descending: boolean,
  version: KeyVersion,
): void {
  const start = out.length;
  encodeValue(value, out, bits, version);
  if (descending) out.invertFrom(start);
}

function encodeValue(value: Value, out: KeyWriter, bits: TypeBitsWriter, version: KeyVersion): void {
  const { bytes, start, end } = value;
  switch (value.type) {
    case BsonType.int:
      bits.append(0b00, 2);
      encodeInteger(BigInt(intOf(value)), out, version);
      return;
    case BsonType.long:
      bits.append(0b01, 2);
      encodeInteger(longOf(value), out, version);
      return;
    case BsonType.double:
      encodeDouble(doubleOf(value), out, bits, version);
      return;
    case BsonType.decimal:
      encodeDecimal(bytes, start, out, bits);
      return;
    case BsonType.string:
    case BsonType.symbol:
      bits.append(value.type === BsonType.symbol ? 1 : 0, 1);
      out.byte(KeyType.string);
      out.text(bytes, start + 4, end - 1);
      return;
    case BsonType.code:
      out.byte(KeyType.code);
      out.text(bytes, start + 4, end - 1);
      return;
    case BsonType.codeWithScope: {
      const scope = start + 8 + bytes.readInt32LE(start + 4);
      out.byte(KeyType.codeWithScope);
      out.text(bytes, start + 8, scope - 1);
      documentBody(new Value(BsonType.object, bytes, scope, end), out, bits, version);
      return;
    }
    case BsonType.object:
      out.byte(KeyType.object);
      documentBody(value, out, bits, version);
      return;
    case BsonType.array:
      out.byte(KeyType.array);
      for (const item of items(value)) encodeValue(item, out, bits, version);
      out.byte(0);
      return;
    case BsonType.binData:
      binData(bytes, start, end, out);
      return;
    case BsonType.bool:
      out.byte(bytes[start] === 0 ? KeyType.false : KeyType.true);
      return;
    case BsonType.date:
      out.byte(KeyType.date);
      out.integer(BigInt.asUintN(64, dateOf(value) + (1n << 63n)), 8);
      return;
    case BsonType.timestamp:
      out.byte(KeyType.timestamp);
      out.integer(bytes.readBigUInt64LE(start), 8);
      return;
    case BsonType.dbPointer:
      out.byte(KeyType.dbPointer);
      out.integer(BigInt(bytes.readInt32LE(start) - 1), 4);
      out.bytes(bytes, start + 4, end - 13);
      out.bytes(bytes, end - 12, end);
      return;
    default:
      // MinKey, undefined, null, MaxKey have no content; an ObjectId and a regex are their BSON bytes.
      out.byte(genericType(value.type));
      out.bytes(bytes, start, end);
  }
}

function documentBody(document: Value, out: KeyWriter, bits: TypeBitsWriter, version: KeyVersion): void {
  for (const { name, value } of elements(document)) {
    out.byte(genericType(value.type));
    out.bytes(Buffer.from(name, 'utf8'));
    out.byte(0);
    encodeValue(value, out, bits, version);
  }
  out.byte(0);
}

function binData(bytes: Buffer, start: number, end: number, out: KeyWriter): void {
  const length = bytes.readInt32LE(start);
  out.byte(KeyType.binData);
  if (length < 0xff) {
    out.byte(length);
  } else {
    out.byte(0xff);
    out.integer(BigInt(length), 4);
  }
  out.bytes(bytes, start + 4, end);
}
