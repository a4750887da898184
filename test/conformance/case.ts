import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { nodeValue } from '../../src/bson/ejson-read.ts';
import { parseJson, type JsonNode } from '../../src/bson/json-parse.ts';
import { documentOf, type Value } from '../../src/bson/value.ts';

/** One line of the corpus: a command and what a real mongod 3.4 with MongoRocks replied. */
export interface Case {
  id: string;
  family: string;
  replica: string;
  backup: string;
  db: string;
  command: Value;
  /** `ordered`, `unordered`, `error`, `reply`, `keys`, `names`, `none` or `fields:[...]`. */
  compare: string;
  reply: Value | undefined;
  alternatives: Value[];
  batches: number[] | undefined;
  tolerance: number;
  sets: Set<string>;
}

const folder = path.join(import.meta.dirname, '../fixtures/conformance');

/** Not answers to compare by the common rules: shapes, crashes, and what only a gateway sees. */
const otherFamilies = ['mongod-3.4-admin', 'mongod-crashes', 'mongod-explain'];

/** The cases of every family, or of those whose id or family starts with one of `wanted`. */
export function loadCases(wanted: readonly string[] = []): Case[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
    .filter((family) => !otherFamilies.includes(family) || wanted.includes(family))
    .flatMap((family) => readFamily(family))
    .filter((one) => wanted.length === 0 || wanted.some((text) => matches(one, text)));
}

function matches(one: Case, text: string): boolean {
  return one.family === text || one.id === text || one.id.startsWith(text);
}

function readFamily(family: string): Case[] {
  return readFileSync(path.join(folder, `${family}.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => readCase(family, line));
}

function readCase(family: string, line: string): Case {
  const fields = entriesOf(parseJson(line));
  const text = (name: string) => textOf(fields.get(name));
  const bson = fields.get('commandBson');
  const tolerance = fields.get('tolerance');
  return {
    id: text('id') || text('name'),
    family,
    replica: text('replica') || 'rs0-a',
    backup: text('backup') || '3',
    db: text('db') || 'app',
    command:
      bson === undefined ? valueAt(fields, 'command')! : documentOf(Buffer.from(textOf(bson), 'base64')),
    compare: text('compare'),
    reply: valueAt(fields, 'reply'),
    alternatives: listAt(fields, 'alternatives').map(nodeValue),
    batches: fields.has('batches')
      ? listAt(fields, 'batches').map((node) => Number(numberText(node)))
      : undefined,
    tolerance: tolerance === undefined ? 0 : Number(numberText(tolerance)),
    sets: new Set(listAt(fields, 'sets').map(textOf)),
  };
}

function entriesOf(node: JsonNode): Map<string, JsonNode> {
  if (node.kind !== 'object') throw new Error('a case is an object');
  return new Map(node.entries);
}

function valueAt(fields: Map<string, JsonNode>, name: string): Value | undefined {
  const node = fields.get(name);
  return node === undefined ? undefined : nodeValue(node);
}

function listAt(fields: Map<string, JsonNode>, name: string): JsonNode[] {
  const node = fields.get(name);
  return node?.kind === 'array' ? node.items : [];
}

function textOf(node: JsonNode | undefined): string {
  return node?.kind === 'string' ? node.text : '';
}

function numberText(node: JsonNode): string {
  return node.kind === 'number' ? node.text : 'NaN';
}
