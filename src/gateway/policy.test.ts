import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Document, EJSON, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { checkReadOnly } from './policy.ts';
import { Refusal } from './replies.ts';

interface Line {
  id: string;
  command: Document;
  commandBson?: string;
  reply: { code?: { $numberInt: string } };
}

const corpus = path.join(import.meta.dirname, '../../test/fixtures/conformance');

function lines(file: string): Line[] {
  return readFileSync(path.join(corpus, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Line);
}

function bytesOf({ command, commandBson }: Line): Buffer {
  if (commandBson !== undefined) return Buffer.from(commandBson, 'base64');
  return Buffer.from(serialize(EJSON.deserialize(command, { relaxed: false }) as Document));
}

function codeOf(command: Buffer): number | undefined {
  try {
    checkReadOnly(command);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const verdict = (command: Document): number | undefined => codeOf(Buffer.from(serialize(command)));

describe('the read-only policy', () => {
  it.each(lines('refused.jsonl').map((line) => [line.id, line] as const))(
    'refuses %s as mongod does',
    (_, line) => {
      expect(codeOf(bytesOf(line))).toBe(20);
    },
  );

  const reading = [
    'find-values',
    'agg-stages',
    'agg-expr',
    'views',
    'count',
    'distinct',
    'catalog',
    'errors',
    'js',
    'geo',
    'text',
  ];
  it.each(reading)('lets every command of %s through, or gives its recorded error', (family) => {
    for (const line of lines(`${family}.jsonl`)) {
      const code = codeOf(bytesOf(line));
      // Of a pipeline that is wrong in two ways mongod may name the other one.
      if (code !== undefined && code !== 20) expect([59, 40324], line.id).toContain(code);
      if (code === 59) expect(line.reply.code?.$numberInt, line.id).toBe('59');
      expect(code, line.id).not.toBe(20);
    }
  });

  const out = [{ $match: {} }, { $out: 'x' }];
  it.each<[string, Document]>([
    ['$out', { aggregate: 'c', pipeline: out, cursor: {} }],
    ['$out beside another field of its stage', { aggregate: 'c', pipeline: [{ $match: {}, $out: 'x' }] }],
    ['$out in a pipeline that is a document', { aggregate: 'c', pipeline: { 0: { $out: 'x' } } }],
    ['$out in $lookup', { aggregate: 'c', pipeline: [{ $lookup: { from: 'd', pipeline: out, as: 'e' } }] }],
    ['$out in $unionWith', { aggregate: 'c', pipeline: [{ $unionWith: { coll: 'd', pipeline: out } }] }],
    ['$out in $facet', { aggregate: 'c', pipeline: [{ $facet: { a: out } }] }],
    [
      '$out deep down',
      {
        aggregate: 'c',
        pipeline: [{ $facet: { a: [{ $lookup: { pipeline: [{ $facet: { b: out } }] } }] } }],
      },
    ],
    ['$merge', { aggregate: 'c', pipeline: [{ $merge: { into: 'x' } }] }],
    ['explain of $out', { explain: { aggregate: 'c', pipeline: out } }],
    ['explain of an update', { explain: { update: 'c', updates: [] } }],
    ['explain of an explain of a delete', { explain: { explain: { delete: 'c' } } }],
    ['mapReduce without out', { mapReduce: 'c', map: '', reduce: '' }],
    ['mapReduce into a collection beside inline', { mapReduce: 'c', out: { inline: 1, replace: 'x' } }],
    ['mapreduce', { mapreduce: 'c', out: { merge: 'x', db: 'y' } }],
    ['a profiling level', { profile: 1 }],
    ['slowms through profile', { profile: -1, slowms: 5 }],
    ['validate that repairs', { validate: 'c', repair: true }],
  ])('refuses %s', (_, command) => {
    expect(verdict(command)).toBe(20);
  });

  it('looks at every field of a name', () => {
    const twice = Buffer.concat([
      Buffer.from(serialize({ aggregate: 'c', pipeline: [] })).subarray(0, -1),
      Buffer.from(serialize({ pipeline: out })).subarray(4),
    ]);
    twice.writeInt32LE(twice.length, 0);
    expect(codeOf(twice)).toBe(20);
  });

  it.each<[string, Document, number]>([
    ['an unknown command', { nosuch: 1 }, 59],
    ['a name of another case', { Find: 'c' }, 59],
    ['a name from the language', { constructor: 1 }, 59],
    ['an empty command', {}, 59],
    ['an unknown stage', { aggregate: 'c', pipeline: [{ $nosuch: 1 }] }, 40324],
    ['a stage that talks to other servers', { aggregate: 'c', pipeline: [{ $mergeCursors: {} }] }, 40324],
  ])('refuses %s', (_, command, code) => {
    expect(verdict(command)).toBe(code);
  });

  it('lets inline mapReduce and the question for the profiling level through', () => {
    expect(verdict({ mapReduce: 'c', out: { inline: 1 } })).toBeUndefined();
    expect(verdict({ profile: -1 })).toBeUndefined();
  });
});
