import { DocumentBuilder } from '../../../bson/builder.ts';
import {
  boolValue,
  dateValue,
  maxKeyValue,
  minKeyValue,
  nullValue,
  stringBytesValue,
  undefinedValue,
} from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { Value } from '../../../bson/value.ts';
import { damagedKey } from './damaged-key.ts';
import { decodeNumber, skipNumber } from './decode-number.ts';
import type { Ordering } from './encode.ts';
import { KeyReader } from './key-reader.ts';
import { keyEnd, KeyType, type KeyVersion } from './key-types.ts';
import type { TypeBitsReader } from './type-bits.ts';

const maxDepth = 250;

/**
 * The values of the key that starts at `start`, and the offset after its end byte. The ordering, version and type bits
 * must be those it was written with. `asServer` reads some decimals as wrongly as mongod 3.4 does. Throws DamagedKey, never
 * reads outside `bytes`.
 */
export function decodeKey(
  bytes: Buffer,
  start: number,
  ordering: Ordering,
  version: KeyVersion,
  typeBits: TypeBitsReader,
  asServer = false,
): { values: Value[]; end: number } {
  const reader = new KeyReader(bytes, start, asServer);
  const values: Value[] = [];
  for (let index = 0; reader.peekRaw() !== keyEnd; index++) {
    reader.descending = (ordering[index] ?? 1) < 0;
    values.push(decodeValue(reader.byte(), reader, typeBits, version, 0));
  }
  return { values, end: reader.at + 1 };
}

/** Offset after the first `count` fields of a key: where an equal beginning of other keys ends. Throws DamagedKey. */
export function fieldsEnd(
  bytes: Buffer,
  start: number,
  ordering: Ordering,
  version: KeyVersion,
  count: number,
): number {
  const reader = new KeyReader(bytes, start);
  for (let index = 0; index < count && reader.peekRaw() !== keyEnd; index++) {
    reader.descending = (ordering[index] ?? 1) < 0;
    skipValue(reader.byte(), reader, version, 0);
  }
  return reader.at;
}

/** Offset after the end byte of the key that starts at `start`, found without decoding. Throws DamagedKey. */
export function keyLength(bytes: Buffer, start: number, ordering: Ordering, version: KeyVersion): number {
  const at = fieldsEnd(bytes, start, ordering, version, Infinity);
  if (bytes[at] !== keyEnd) throw damagedKey('it has no end');
  return at + 1;
}

function decodeValue(
  type: number,
  reader: KeyReader,
  bits: TypeBitsReader,
  version: KeyVersion,
  depth: number,
): Value {
  if (depth > maxDepth) throw damagedKey('it is nested too deeply');
  switch (type) {
    case KeyType.minKey:
      return minKeyValue;
    case KeyType.maxKey:
      return maxKeyValue;
    case KeyType.undefined:
      return undefinedValue;
    case KeyType.null:
      return nullValue;
    case KeyType.string:
      return stringBytesValue(reader.text(), bits.read(1) === 1 ? BsonType.symbol : BsonType.string);
    case KeyType.code:
      return stringBytesValue(reader.text(), BsonType.code);
    case KeyType.codeWithScope:
      return codeWithScope(reader, bits, version, depth);
    case KeyType.object:
      return documentBody(reader, bits, version, depth);
    case KeyType.array: {
      const builder = new DocumentBuilder();
      for (let next = reader.byte(); next !== 0; next = reader.byte()) {
        builder.push(decodeValue(next, reader, bits, version, depth + 1));
      }
      return builder.finishArray();
    }
    case KeyType.binData:
      return binData(reader);
    case KeyType.objectId:
      return new Value(BsonType.objectId, reader.take(12), 0, 12);
    case KeyType.false:
    case KeyType.true:
      return boolValue(type === KeyType.true);
    case KeyType.date:
      return dateValue(BigInt.asIntN(64, reader.integer(8) - (1n << 63n)));
    case KeyType.timestamp: {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigUInt64LE(reader.integer(8));
      return new Value(BsonType.timestamp, bytes, 0, 8);
    }
    case KeyType.regex: {
      const nul = Buffer.alloc(1);
      const bytes = Buffer.concat([reader.cString(), nul, reader.cString(), nul]);
      return new Value(BsonType.regex, bytes, 0, bytes.length);
    }
    case KeyType.dbPointer:
      return dbPointer(reader);
    default:
      if (isNumberKey(type)) return decodeNumber(type, reader, bits, version);
      throw damagedKey(`unknown type byte ${type}`);
  }
}

function skipValue(type: number, reader: KeyReader, version: KeyVersion, depth: number): void {
  if (depth > maxDepth) throw damagedKey('it is nested too deeply');
  switch (type) {
    case KeyType.minKey:
    case KeyType.maxKey:
    case KeyType.undefined:
    case KeyType.null:
    case KeyType.false:
    case KeyType.true:
      return;
    case KeyType.string:
    case KeyType.code:
      reader.text();
      return;
    case KeyType.codeWithScope:
      reader.text();
      skipDocument(reader, version, depth);
      return;
    case KeyType.object:
      skipDocument(reader, version, depth);
      return;
    case KeyType.array:
      for (let next = reader.byte(); next !== 0; next = reader.byte()) {
        skipValue(next, reader, version, depth + 1);
      }
      return;
    case KeyType.binData:
      binData(reader);
      return;
    case KeyType.objectId:
      reader.take(12);
      return;
    case KeyType.date:
    case KeyType.timestamp:
      reader.take(8);
      return;
    case KeyType.regex:
      reader.cString();
      reader.cString();
      return;
    case KeyType.dbPointer:
      dbPointer(reader);
      return;
    default:
      if (!isNumberKey(type)) throw damagedKey(`unknown type byte ${type}`);
      skipNumber(type, reader, version);
  }
}

function isNumberKey(type: number): boolean {
  return type >= KeyType.nan && type <= KeyType.hugePositive;
}

function documentBody(reader: KeyReader, bits: TypeBitsReader, version: KeyVersion, depth: number): Value {
  const builder = new DocumentBuilder();
  while (reader.byte() !== 0) {
    const name = reader.cString().toString('utf8');
    builder.append(name, decodeValue(reader.byte(), reader, bits, version, depth + 1));
  }
  return builder.finish();
}

function skipDocument(reader: KeyReader, version: KeyVersion, depth: number): void {
  while (reader.byte() !== 0) {
    reader.cString();
    skipValue(reader.byte(), reader, version, depth + 1);
  }
}

function codeWithScope(reader: KeyReader, bits: TypeBitsReader, version: KeyVersion, depth: number): Value {
  const code = stringBytesValue(reader.text());
  const scope = documentBody(reader, bits, version, depth + 1);
  const length = 4 + (code.end - code.start) + (scope.end - scope.start);
  const head = Buffer.allocUnsafe(4);
  head.writeInt32LE(length);
  return new Value(
    BsonType.codeWithScope,
    Buffer.concat([head, code.slice(), scope.slice()], length),
    0,
    length,
  );
}

function binData(reader: KeyReader): Value {
  const short = reader.byte();
  const length = short === 0xff ? Number(reader.integer(4)) : short;
  const rest = reader.take(length + 1);
  const bytes = Buffer.allocUnsafe(4 + rest.length);
  bytes.writeInt32LE(length);
  rest.copy(bytes, 4);
  return new Value(BsonType.binData, bytes, 0, bytes.length);
}

function dbPointer(reader: KeyReader): Value {
  const length = Number(reader.integer(4));
  const namespace = reader.take(length);
  const head = Buffer.allocUnsafe(4);
  head.writeInt32LE(length + 1);
  const bytes = Buffer.concat([head, namespace, Buffer.alloc(1), reader.take(12)]);
  return new Value(BsonType.dbPointer, bytes, 0, bytes.length);
}
