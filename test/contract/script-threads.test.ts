import { Code } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberOf } from '../../src/bson/access.ts';
import { toJs, toValue } from '../../src/bson/js.ts';
import { documentOf, field, type Value } from '../../src/bson/value.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';

let backup: OpenedBackup;
beforeAll(async () => {
  backup = await openBackup('sample', 'rs0-a', '3');
});
afterAll(() => backup.close());

const endless = new Code('function () { while (true) {} }');
const nothing = new Code('function () {}');
const never = new AbortController().signal;

const endlessCommands: Record<string, Record<string, unknown>> = {
  find: { find: 'users', filter: { $where: endless } },
  count: { count: 'users', query: { $or: [{ _id: -1 }, { $where: endless }] } },
  distinct: { distinct: 'users', key: '_id', query: { $where: endless } },
  map: { mapReduce: 'users', map: endless, reduce: nothing, out: { inline: 1 } },
  finalize: {
    mapReduce: 'users',
    map: new Code('function () { emit(1, 1) }'),
    reduce: nothing,
    finalize: endless,
    out: { inline: 1 },
  },
  group: { group: { ns: 'users', $reduce: endless, initial: {} } },
};

async function run(command: Record<string, unknown>, signal = never): Promise<Value> {
  return documentOf(
    await backup.engine.run({ db: 'app', command: Buffer.from(toValue(command).slice()), signal }),
  );
}

async function codeOf(command: Record<string, unknown>, signal?: AbortSignal): Promise<number | undefined> {
  const code = field(await run(command, signal), 'code');
  return code && numberOf(code);
}

describe('a script that never ends', () => {
  it.each(Object.entries(endlessCommands))(
    'keeps nobody waiting and can be ended: %s',
    async (_, command) => {
      const abort = new AbortController();
      let ended = false;
      const code = codeOf(command, abort.signal).finally(() => (ended = true));
      // Whoever is kept waiting is so until the script has ended.
      for (let i = 0; i < 3; i++) {
        expect(await codeOf({ count: 'users', query: { _id: i } })).toBeUndefined();
        expect(ended).toBe(false);
      }
      abort.abort();
      expect(await code).toBe(11601);
    },
  );

  it('ends with maxTimeMS', async () => {
    expect(await codeOf({ ...endlessCommands['find'], maxTimeMS: 50 })).toBe(50);
  });

  it('makes other scripts wait only where there are many, and these can be ended too', async () => {
    const aborts = Array.from({ length: 9 }, () => new AbortController());
    const codes = aborts.map(({ signal }) => codeOf(endlessCommands['find'] ?? {}, signal));
    const another = run({ count: 'users', query: { $where: 'this._id < 3' } });
    const last = aborts.pop();
    last?.abort();
    expect(await codes.pop()).toBe(11601);
    for (const abort of aborts) abort.abort();
    expect(await Promise.all(codes)).toEqual(aborts.map(() => 11601));
    expect(toJs(field(await another, 'n') as Value)).toMatchObject({ value: 3 });
  });
});

describe('scripts', () => {
  it('see the documents that the rest of the filter lets pass, in their order', async () => {
    const filter = {
      _id: { $gt: 5 },
      $or: [{ $where: 'if (this._id <= 5) throw 1; return this._id % 7 == 0' }, { _id: 8 }],
    };
    const reply = await run({ find: 'users', filter, projection: { _id: 1 }, limit: 4 });
    const { firstBatch } = toJs(field(reply, 'cursor') as Value) as {
      firstBatch: { _id: { value: number } }[];
    };
    expect(firstBatch.map(({ _id }) => _id.value)).toEqual([8, 14, 21, 28]);
  });

  it('compare with the collation of the query', async () => {
    const collation = { locale: 'en', strength: 2 };
    const all = await run({ count: 'users', query: { $where: 'true' } });
    const query = { country: { $ne: 'NOWHERE' }, $where: 'true' };
    expect(await run({ count: 'users', query, collation })).toEqual(all);
  });

  it('that need more memory than they get fail, and the next one works', async () => {
    const greedy = { count: 'users', query: { $where: 'var a = [1]; while (true) a = a.concat(a)' } };
    expect(await codeOf(greedy)).toBe(139);
    expect(await codeOf({ count: 'users', query: { $where: 'throw 5' } })).toBe(139);
    expect(await codeOf({ count: 'users', query: { $where: 'true' } })).toBeUndefined();
  });
});
