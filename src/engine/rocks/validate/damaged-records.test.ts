import { expect, it } from 'vitest';
import { plain } from '../../../../test/support/pipelines.ts';
import { memoryDatabase } from '../../../../test/support/memory-database.ts';
import { toValue } from '../../../bson/js.ts';
import { intValue } from '../../../bson/make.ts';
import type { Collection } from '../catalog/collection.ts';
import { readIndex } from '../catalog/read-index.ts';
import type { CommandContext } from '../commands/command.ts';
import { validateCommands } from '../commands/validate.ts';
import { encodeEntry } from '../keystring/index-entry.ts';
import { recordKey } from '../keystring/record-id.ts';
import { keyIn, prefixOf } from '../prefix.ts';

const records = prefixOf(5);
const entries = prefixOf(7);
const whole = (_id: number): Buffer => Buffer.from(toValue({ _id, a: { b: _id } }).slice());

/** Validates a collection of these records, with an index on `a.b` that has an entry of each. */
async function validate(rows: readonly Buffer[], full: boolean, collation?: object) {
  const spec = { v: 2, key: { 'a.b': 1 }, name: 'x', ...(collation && { collation }) };
  const idents = new Map([['index-1', { prefix: entries, keyVersion: 1 as const }]]);
  const index = readIndex(toValue({ spec, ready: true }), toValue({ x: 'index-1' }), { idents })!;
  const stored = rows.flatMap((bytes, at): [Buffer, Buffer][] => {
    const { key, value } = encodeEntry([intValue(at + 1)], BigInt(at + 1), index.table!.layout);
    return [
      [recordKey(records, BigInt(at + 1)), bytes],
      [keyIn(entries, key), value],
    ];
  });
  const collection = { prefix: records, namespace: 'app.x', indexes: [index] } as unknown as Collection;
  const state = { database: memoryDatabase(stored), catalog: { collection: () => collection } };
  const command = toValue({ validate: 'x', full });
  const context = { state, db: 'app', command, signal: new AbortController().signal };
  const reply = await validateCommands.validate(context as unknown as CommandContext);
  return plain(reply.finish()) as { valid: boolean; nInvalidDocuments: number; errors: string[] };
}

const cutOff = whole(2).subarray(0, -3);
const insideDamaged = whole(2);
// The length of `a` is more than there is.
insideDamaged.writeInt32LE(1000, insideDamaged.indexOf('a\0') + 2);

it.each([
  ['an ordinary index', undefined],
  ['an index with a collation', { locale: 'en' }],
])('names a record that is no document, whose entry is in %s', async (_, collation) => {
  const { valid, nInvalidDocuments, errors } = await validate([whole(1), cutOff], false, collation);
  expect({ valid, nInvalidDocuments }).toEqual({ valid: false, nInvalidDocuments: 1 });
  expect(errors[0]).toContain('record 2: not valid BSON');
  expect(errors.join()).toContain('an entry for record 2 that it should not have');
});

it.each([
  ['an ordinary index', undefined],
  ['an index with a collation', { locale: 'en' }],
])(
  'names a record that is damaged within where only lengths are looked at, with %s',
  async (_, collation) => {
    const { valid, errors } = await validate([whole(1), insideDamaged], false, collation);
    expect(valid).toBe(false);
    expect(errors.join()).toMatch(/index x: record 2: not valid BSON/);
  },
);
