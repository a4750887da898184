import { expect, it } from 'vitest';
import { memoryDatabase } from '../../../../test/support/memory-database.ts';
import { ErrorCode } from '../../../base/error-codes.ts';
import { toValue } from '../../../bson/js.ts';
import { intValue } from '../../../bson/make.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { readIndex } from '../catalog/read-index.ts';
import { encodeEntry } from '../keystring/index-entry.ts';
import { planIndex } from '../planner/candidate.ts';
import { conjunctsOf } from '../planner/predicates.ts';
import { keyIn, prefixOf } from '../prefix.ts';
import { distinctByIndex } from '../query/distinct-by-index.ts';
import type { RocksEngineState } from '../state.ts';
import { scanIndex } from './index-scan.ts';
import { newScanCounts } from './scan-counts.ts';

const prefix = prefixOf(7);
const index = readIndex(
  toValue({ spec: { v: 2, key: { a: 1, b: 1 }, name: 'a_1_b_1' }, ready: true }),
  toValue({ a_1_b_1: 'index-1' }),
  { idents: new Map([['index-1', { prefix, keyVersion: 1 }]]) },
)!;
const table = index.table!;
const { key, value } = encodeEntry([intValue(1), intValue(2)], 1n, table.layout);
/** A number of three bytes of which there is one. */
const cutOff = Buffer.of(0x2d, 0x02);
const database = memoryDatabase([
  [keyIn(prefix, key), value],
  [keyIn(prefix, cutOff), value],
]);
const damaged = {
  code: ErrorCode.engineDamaged,
  message: expect.stringContaining(
    `index a_1_b_1 is damaged at the key 00000007${cutOff.toString('hex')}`,
  ) as string,
};
const { signal } = new AbortController();

it.each([
  ['looks at the fields behind a range', { a: { $gt: 0 }, b: 2 }],
  ['takes every entry of a range', { a: { $gt: 0 } }],
])('a scan that %s names the index and the key that is damaged', async (_, filter) => {
  const conjuncts = conjunctsOf(parseFilter(toValue(filter), {}));
  const plan = planIndex(index, { conjuncts, sort: undefined, simpleCollation: true })!;
  const entries = scanIndex(database, plan, newScanCounts(), signal);
  const scan = async (): Promise<void> => {
    while ((await entries.next()).done !== true);
  };
  await expect(scan()).rejects.toMatchObject(damaged);
});

it('so does a distinct by an index', async () => {
  const state = { database } as RocksEngineState;
  await expect(distinctByIndex(state, { ...index, table }, signal)).rejects.toMatchObject(damaged);
});
