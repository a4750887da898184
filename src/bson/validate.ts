import { InvalidBson, valueEnd } from './layout.ts';
import { BsonType } from './types.ts';

/** mongod refuses documents nested deeper than this. */
const maxNesting = 200;

/**
 * Checks a whole document, nested ones too: lengths that fit exactly, known types, ended texts, booleans of 0 or 1, field
 * names in valid places, nesting up to mongod's limit. Returns what is wrong first, or undefined for a valid document that
 * takes all of `bytes`.
 */
export function bsonProblem(bytes: Buffer): string | undefined {
  try {
    checkDocument(bytes, 0, bytes.length, 1);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidBson) return error.message;
    throw error;
  }
}

function problem(what: string, at: number): InvalidBson {
  return new InvalidBson(`not valid BSON: ${what} (offset ${at})`);
}

function checkDocument(bytes: Buffer, start: number, end: number, depth: number): void {
  if (depth > maxNesting) throw problem('nested too deeply', start);
  if (end - start < 5 || bytes.readInt32LE(start) !== end - start || bytes[end - 1] !== 0) {
    throw problem('a document has a wrong length', start);
  }
  const last = end - 1;
  for (let at = start + 4; at < last;) {
    const type = bytes[at] as number;
    const nameEnd = bytes.indexOf(0, at + 1);
    if (nameEnd < 0 || nameEnd >= last) throw problem('a field name is cut off', at);
    at = checkValue(bytes, type, nameEnd + 1, last, depth);
  }
}

function checkValue(bytes: Buffer, type: number, start: number, limit: number, depth: number): number {
  const end = valueEnd(bytes, type, start, limit);
  switch (type) {
    case BsonType.object:
    case BsonType.array:
      checkDocument(bytes, start, end, depth + 1);
      break;
    case BsonType.string:
    case BsonType.code:
    case BsonType.symbol:
      if (bytes[end - 1] !== 0) throw problem('a text has no end', start);
      break;
    case BsonType.dbPointer:
      if (bytes[end - 13] !== 0) throw problem('a text has no end', start);
      break;
    case BsonType.bool:
      if ((bytes[start] as number) > 1) throw problem('a boolean is neither true nor false', start);
      break;
    case BsonType.codeWithScope: {
      const scope = end - start < 14 ? -1 : start + 8 + bytes.readInt32LE(start + 4);
      if (scope < start + 9 || scope > end - 5 || bytes[scope - 1] !== 0) {
        throw problem('code with scope has a wrong length', start);
      }
      checkDocument(bytes, scope, end, depth + 1);
      break;
    }
  }
  return end;
}
