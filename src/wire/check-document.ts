import { isMongoqError } from '../base/errors.ts';
import { BsonType } from '../bson/types.ts';
import { elements, Value } from '../bson/value.ts';
import { maxDocumentSize } from './opcodes.ts';
import { protocolError } from './protocol-error.ts';

/** mongod's own limit to the levels of a document, its outermost counted. */
export const maxLevels = 200;

/** A level takes five bytes, and its element in the level above a type and an empty name. */
const leastLevel = 7;

/** Commands may be a little larger than the documents in them. */
const headroom = 16 * 1024;

/** Throws gatewayProtocol unless `document` is BSON through all its levels, of at most 16 MiB. */
export function checkDocument(document: Buffer): void {
  if (document.length > maxDocumentSize + headroom) throw protocolError('a document is larger than 16 MiB');
  try {
    deepestLevel(document);
  } catch (error) {
    if (isMongoqError(error)) throw error;
    throw protocolError('a document is malformed', error);
  }
}

/** Whether a document, checked before, has more levels than mongod takes: too many for readers that call themselves. */
export function isTooDeep(document: Buffer): boolean {
  return document.length > maxLevels * leastLevel && deepestLevel(document) > maxLevels;
}

/** How many levels a document has. Keeps what is open in a list, so that no depth can exhaust the stack. */
function deepestLevel(document: Buffer): number {
  let deepest = 0;
  const open = [{ value: new Value(BsonType.object, document, 0, document.length), depth: 1 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, depth } = next;
    deepest = Math.max(deepest, depth);
    checkLength(value);
    for (const { value: inner } of elements(value)) {
      const nested = nestedDocument(inner);
      if (nested) open.push({ value: nested, depth: depth + 1 });
    }
  }
  return deepest;
}

function checkLength({ bytes, start, end }: Value): void {
  if (end - start < 5 || bytes.readInt32LE(start) !== end - start || bytes[end - 1] !== 0) {
    throw protocolError('a nested document has a wrong length');
  }
}

function nestedDocument(value: Value): Value | undefined {
  if (value.isDocument() || value.isArray()) return value;
  if (value.type === BsonType.string || value.type === BsonType.code || value.type === BsonType.symbol) {
    if (value.bytes[value.end - 1] !== 0) throw protocolError('a string does not end');
    return undefined;
  }
  if (value.type !== BsonType.codeWithScope) return undefined;
  // int32 length, a string, then the scope up to the end.
  if (value.end - value.start < 14) throw protocolError('code with scope is cut off');
  const code = value.bytes.readInt32LE(value.start + 4);
  const scope = value.start + 8 + code;
  if (code < 1 || scope > value.end - 5) throw protocolError('code with scope is cut off');
  return new Value(BsonType.object, value.bytes, scope, value.end);
}
