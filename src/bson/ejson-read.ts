import { DocumentBuilder } from './builder.ts';
import { wrappedValue } from './ejson-types.ts';
import { parseJson, type JsonNode } from './json-parse.ts';
import { boolValue, doubleValue, intValue, longValue, nullValue, stringValue } from './make.ts';
import type { Value } from './value.ts';

/**
 * The value of an Extended JSON v2 text, canonical or relaxed; order and duplicate fields are kept. A bare whole
 * number is an int if it fits, then a long, else a double. Throws SyntaxError if the text is not JSON or a type wrapper is wrong.
 */
export function fromEjson(text: string): Value {
  return nodeValue(parseJson(text));
}

/** The value of a parsed node. */
export function nodeValue(node: JsonNode): Value {
  switch (node.kind) {
    case 'literal':
      return node.value === null ? nullValue : boolValue(node.value);
    case 'string':
      return stringValue(node.text);
    case 'number':
      return bareNumber(node.text);
    case 'array': {
      const builder = new DocumentBuilder();
      for (const item of node.items) builder.push(nodeValue(item));
      return builder.finishArray();
    }
    case 'object':
      return wrappedValue(node, nodeValue) ?? plainDocument(node.entries);
  }
}

function plainDocument(entries: [string, JsonNode][]): Value {
  const builder = new DocumentBuilder();
  for (const [name, node] of entries) {
    if (name.includes('\0')) throw new SyntaxError('a field name holds a NUL character');
    builder.append(name, nodeValue(node));
  }
  return builder.finish();
}

function bareNumber(text: string): Value {
  if (/^-?\d+$/.test(text) && text !== '-0') {
    const whole = BigInt(text);
    if (whole === BigInt.asIntN(32, whole)) return intValue(Number(whole));
    if (whole === BigInt.asIntN(64, whole)) return longValue(whole);
  }
  return doubleValue(Number(text));
}
