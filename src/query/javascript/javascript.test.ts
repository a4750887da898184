import { beforeAll, describe, expect, it } from 'vitest';
import { stringValue } from '../../bson/make.ts';
import { bson, plain } from '../../../test/support/pipelines.ts';
import { fromDocuments } from '../stages/batches.ts';
import { groupDocuments } from './group.ts';
import { mapReduce } from './map-reduce.ts';
import { loadJavaScript, Sandbox, withSandbox } from './sandbox.ts';
import { compileWhere, mentionsWhere } from './where.ts';

const code = (text: string) => stringValue(text);

beforeAll(loadJavaScript);

function evaluate(text: string, self: unknown = {}): Promise<unknown> {
  return withSandbox((sandbox: Sandbox) =>
    Promise.resolve(plain(sandbox.call(sandbox.compile(code(text)), bson(self), bson([])))),
  );
}

describe('the sandbox', () => {
  it('has nothing of the host', async () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'setTimeout',
      'WebAssembly',
      'Buffer',
      'console',
      'import',
    ];
    for (const name of names.slice(0, -1)) expect(await evaluate(`typeof ${name}`)).toBe('undefined');
    await expect(evaluate('import("fs")')).resolves.not.toHaveProperty('readFileSync');
  });

  it('ends scripts that take too much memory or stack', async () => {
    await expect(evaluate('var a = [1]; while (true) a = a.concat(a)')).rejects.toMatchObject({
      code: 139,
    });
    await expect(evaluate('(function f() { return f() + 1 })()')).rejects.toMatchObject({ code: 139 });
  });

  it('passes every type through unchanged', async () => {
    const values = {
      int: 5,
      double: { $numberDouble: '5.0' },
      negativeZero: { $numberDouble: '-0.0' },
      nan: { $numberDouble: 'NaN' },
      long: { $numberLong: '9007199254740993' },
      decimal: { $numberDecimal: '1.50' },
      id: { $oid: '5a0000000000000000000001' },
      date: { $date: { $numberLong: '-5' } },
      regex: { $regularExpression: { pattern: 'a/b', options: 'i' } },
      binary: { $binary: { base64: 'AAEC', subType: '80' } },
      timestamp: { $timestamp: { t: 5, i: 4294967295 } },
      min: { $minKey: 1 },
      max: { $maxKey: 1 },
      nothing: null,
      text: 'é\u0000𝄞',
      list: [1, [2, { a: true }]],
      __proto__x: { a: 1 },
    };
    expect(await evaluate('this', values)).toEqual(plain(bson(values)));
  });

  it('gives numbers that scripts compute as doubles', async () => {
    expect(await evaluate('this.a + 1', { a: 1 })).toEqual({ $numberDouble: '2.0' });
    expect(await evaluate('NumberLong(5)')).toEqual({ $numberLong: '5' });
    expect(await evaluate('Array.sum([1, 2, 3])')).toEqual({ $numberDouble: '6.0' });
  });
});

describe('$where', () => {
  it.each([
    ['this.a > 1', true],
    ['obj.a == 2;', true],
    ['function() { return this.a == 2 }', true],
    ['return this.a == 3', false],
    ['var b = this.a; b == 2', true],
    ['if (this.a) { return true } return false', true],
    ['this.l == 7', true],
  ])('%s', (text, expected) => {
    expect(compileWhere(code(text))(bson({ a: 2, l: { $numberLong: '7' } }))).toBe(expected);
  });

  it('fails with the codes of mongod', () => {
    expect(() => compileWhere(code('('))).toThrow(expect.objectContaining({ code: 1 }));
    expect(() => compileWhere(code('throw 1'))(bson({}))).toThrow('uncaught exception: 1');
    const strange = { a: { $regularExpression: { pattern: 'a', options: 'x' } } };
    expect(() => compileWhere(code('this.a'))(bson(strange))).toThrow('invalid regular expression flag x');
    expect(compileWhere(code('true'))(bson(strange))).toBe(true);
  });

  it('is found anywhere in a command', () => {
    expect(mentionsWhere(bson({ find: 'c', filter: { $or: [{ a: 1 }, { $where: '1' }] } }))).toBe(true);
    expect(mentionsWhere(bson({ find: 'c', filter: { a: '$where' } }))).toBe(true);
    expect(mentionsWhere(bson({ find: 'c', filter: {} }))).toBe(false);
  });
});

describe('commands with scripts', () => {
  const documents = [
    { k: 'b', n: 1 },
    { k: 'a', n: 2 },
    { k: 'b', n: 3 },
  ].map(bson);

  it('mapReduce gives results in the order of their keys', async () => {
    const { results, counts } = await mapReduce(fromDocuments(documents), {
      map: code('function() { emit(this.k, this.n) }'),
      reduce: code('function(key, values) { return Array.sum(values) * factor }'),
      finalize: code('function(key, value) { return { value: value } }'),
      scope: bson({ factor: 10 }),
      collator: undefined,
    });
    expect(results.map(plain)).toEqual([
      { _id: 'a', value: { value: { $numberDouble: '2.0' } } },
      { _id: 'b', value: { value: { $numberDouble: '40.0' } } },
    ]);
    expect(counts).toEqual({ input: 3, emit: 3, reduce: 1, output: 2 });
  });

  it('a reduce to an array is refused, except in jsMode, and so is an emit of one value', async () => {
    const given = {
      map: code('function() { emit(1, this.n) }'),
      reduce: code('function(key, values) { return values.slice(0, 1) }'),
      finalize: undefined,
      scope: undefined,
      collator: undefined,
    };
    const run = (options: object) => mapReduce(fromDocuments(documents), { ...given, ...options });
    await expect(run({})).rejects.toMatchObject({ code: 10075 });
    expect((await run({ jsMode: true })).counts.output).toBe(1);
    await expect(run({ map: code('function() { emit(this.k) }') })).rejects.toMatchObject({ code: 139 });
  });

  it('group keeps the order in which keys come', async () => {
    const { retval, count } = await groupDocuments(fromDocuments(documents), {
      key: bson({ k: 1, zz: 1 }),
      keyFunction: undefined,
      initial: bson({ n: 0 }),
      reduce: code('function(document, group) { group.n += document.n }'),
      finalize: code('function(group) { group.done = true }'),
      collator: undefined,
    });
    expect(count).toBe(3);
    expect(retval.map(plain)).toEqual([
      { k: 'b', zz: null, n: { $numberDouble: '4.0' }, done: true },
      { k: 'a', zz: null, n: { $numberDouble: '2.0' }, done: true },
    ]);
  });
});
