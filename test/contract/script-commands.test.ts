import { Code } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numberOf } from '../../src/bson/access.ts';
import { toJs } from '../../src/bson/js.ts';
import { field } from '../../src/bson/value.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';

let backup: OpenedBackup;
beforeAll(async () => {
  backup = await openBackup('sample', 'rs0-a', '3');
});
afterAll(() => backup.close());

const script = new Code('function () {}');
const mapReduce = { mapReduce: 'users', map: script, reduce: script, out: { inline: 1 } };
const group = { ns: 'users', $reduce: script, initial: {} };

/** A command with scripts, and the code with which mongod 3.4 refuses it. */
const refused: [Record<string, unknown>, number][] = [
  [{ ...mapReduce, map: 5 }, 10062],
  [{ ...mapReduce, reduce: undefined }, 10062],
  [{ ...mapReduce, finalize: 5 }, 10062],
  [{ ...mapReduce, out: {} }, 13522],
  [{ ...mapReduce, out: 5 }, 13606],
  [{ ...mapReduce, query: 5 }, 13608],
  [{ ...mapReduce, sort: 'a' }, 13609],
  [{ ...mapReduce, collation: 5 }, 40082],
  [{ ...mapReduce, query: { a: { $nosuch: 1 } } }, 17238],
  [{ ...mapReduce, mapReduce: 'adults' }, 166],
  [{ group: 5 }, 10065],
  [{ group: { ...group, ns: 5 } }, 17211],
  [{ group: { ...group, key: { a: 1 }, $keyf: script } }, 2],
  [{ group: { ...group, $keyf: 5 } }, 10062],
  [{ group: { ...group, $reduce: 5 } }, 10062],
  [{ group: { ...group, initial: 5 } }, 2],
  [{ group: { ...group, collation: 5 } }, 14],
];

describe('commands with scripts', () => {
  it.each(refused)('%j is refused with %i', async (command, code) => {
    const reply = await runCommand(backup.engine, 'app', command);
    expect(numberOf(field(reply, 'code'))).toBe(code);
  });

  it('take what is false for none, and the older names of a condition', async () => {
    const blank = { ...mapReduce, mapReduce: 'orders', query: null, sort: 0, finalize: false, scope: 5 };
    expect(toJs(await runCommand(backup.engine, 'app', blank))).toMatchObject({ results: [] });
    const counting = { ns: 'users', $reduce: new Code('function (d, r) { r.n++ }'), initial: { n: 0 } };
    for (const name of ['cond', 'condition', 'query', 'q']) {
      const reply = await runCommand(backup.engine, 'app', { group: { ...counting, [name]: { _id: 3 } } });
      expect(toJs(field(reply, 'retval')!)).toMatchObject([{ n: { value: 1 } }]);
    }
  });

  it('refuse a collection that does not exist without a code', async () => {
    const reply = await runCommand(backup.engine, 'app', { ...mapReduce, mapReduce: 'nosuch' });
    expect(toJs(reply)).toMatchObject({ errmsg: "ns doesn't exist" });
    expect(field(reply, 'code')).toBeUndefined();
  });
});
