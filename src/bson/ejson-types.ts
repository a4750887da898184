import { decimalValue, parseDecimal } from './decimal.ts';
import type { JsonNode } from './json-parse.ts';
import {
  binaryValue,
  codeWithScopeValue,
  dateValue,
  dbPointerValue,
  doubleValue,
  intValue,
  longValue,
  maxKeyValue,
  minKeyValue,
  objectIdValue,
  regexValue,
  stringValue,
  timestampValue,
  undefinedValue,
} from './make.ts';
import { BsonType } from './types.ts';
import type { Value } from './value.ts';

type ObjectNode = JsonNode & { kind: 'object' };
type Convert = (node: JsonNode) => Value;

/** The value that a type wrapper such as {"$numberLong": "5"} stands for, or undefined if the object is a plain one. */
export function wrappedValue(node: ObjectNode, convert: Convert): Value | undefined {
  const [first, second] = node.entries;
  if (first === undefined || !first[0].startsWith('$') || node.entries.length > 2) return undefined;
  if (second !== undefined) return pair(node, convert);
  const [name, content] = first;
  return single[name]?.(content);
}

const single: Record<string, (content: JsonNode) => Value> = {
  $numberInt: (node) => intValue(Number(whole(text(node), 32))),
  $numberLong: (node) => longValue(whole(text(node), 64)),
  $numberDouble: (node) => doubleValue(double(text(node))),
  $numberDecimal: (node) => {
    const decimal = parseDecimal(text(node));
    if (decimal === undefined) throw wrong('$numberDecimal');
    return decimalValue(decimal);
  },
  $date: (node) => dateValue(milliseconds(node)),
  $oid: (node) => objectIdValue(hex(text(node), 12)),
  $uuid: (node) => binaryValue(hex(text(node).replaceAll('-', ''), 16), 4),
  $symbol: (node) => stringValue(text(node), BsonType.symbol),
  $code: (node) => stringValue(text(node), BsonType.code),
  $undefined: () => undefinedValue,
  $minKey: () => minKeyValue,
  $maxKey: () => maxKeyValue,
  $timestamp: (node) => timestampValue(count(member(node, 't')), count(member(node, 'i'))),
  $binary: (node) => binary(text(member(node, 'base64')), text(member(node, 'subType'))),
  $regularExpression: (node) => regexValue(text(member(node, 'pattern')), text(member(node, 'options'))),
  $dbPointer: (node) => {
    const id = text(member(member(node, '$id'), '$oid'));
    return dbPointerValue(text(member(node, '$ref')), hex(id, 12));
  },
};

/** The wrappers of two fields; {$ref, $id} is a plain document, and so is a query's {$regex, $options}. */
function pair(node: ObjectNode, convert: Convert): Value | undefined {
  const names = node.entries.map(([name]) => name).sort();
  if (names[0] === '$code' && names[1] === '$scope') {
    return codeWithScopeValue(text(member(node, '$code')), convert(member(node, '$scope')));
  }
  if (names[0] === '$binary' && names[1] === '$type') {
    return binary(text(member(node, '$binary')), text(member(node, '$type')));
  }
  return undefined;
}

function wrong(what: string): SyntaxError {
  return new SyntaxError(`not valid Extended JSON: ${what}`);
}

function text(node: JsonNode): string {
  if (node.kind !== 'string') throw wrong('a text is expected in a type wrapper');
  return node.text;
}

function member(node: JsonNode, name: string): JsonNode {
  const found = node.kind === 'object' ? node.entries.find(([key]) => key === name) : undefined;
  if (found === undefined) throw wrong(`${name} is missing`);
  return found[1];
}

function whole(digits: string, bits: number): bigint {
  if (!/^[+-]?\d+$/.test(digits)) throw wrong(`"${digits}" is not a whole number`);
  const value = BigInt(digits.replace('+', ''));
  if (value !== BigInt.asIntN(bits, value)) throw wrong(`${digits} does not fit into ${bits} bits`);
  return value;
}

function double(digits: string): number {
  if (/^[+-]?Infinity$/.test(digits) || digits === 'NaN') return Number(digits);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits)) throw wrong(`"${digits}" is not a number`);
  return Number(digits);
}

function count(node: JsonNode): number {
  const value = node.kind === 'number' ? Number(node.text) : NaN;
  if (!(value >= 0 && value <= 0xffff_ffff && Number.isInteger(value))) throw wrong('$timestamp');
  return value;
}

function hex(digits: string, length: number): Buffer {
  if (digits.length !== length * 2 || !/^[\da-f]*$/i.test(digits))
    throw wrong(`"${digits}" is not ${length} bytes in hex`);
  return Buffer.from(digits, 'hex');
}

/** Subtype 2 has its length once more before the data, which Extended JSON leaves out. */
function binary(base64: string, subtype: string): Value {
  if (!/^[\da-f]{1,2}$/i.test(subtype)) throw wrong(`"${subtype}" is no subtype`);
  const data = Buffer.from(base64, 'base64');
  const code = Number.parseInt(subtype, 16);
  if (code !== 2) return binaryValue(data, code);
  const length = Buffer.alloc(4);
  length.writeInt32LE(data.length);
  return binaryValue(Buffer.concat([length, data]), code);
}

function milliseconds(node: JsonNode): bigint {
  if (node.kind === 'object') return whole(text(member(node, '$numberLong')), 64);
  const parsed = Date.parse(text(node));
  if (Number.isNaN(parsed)) throw wrong('$date');
  return BigInt(parsed);
}
