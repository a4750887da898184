import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { stringOf } from '../../src/bson/access.ts';
import { deserialize, EJSON } from 'bson';
import { longOf } from '../../src/bson/access.ts';
import { field, items, type Value } from '../../src/bson/value.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { comparable, recordedBackups, type Contents } from '../support/contents.ts';
import { openBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { thorough } from '../support/runs.ts';

async function* documents(
  engine: Engine,
  db: string,
  command: Record<string, unknown>,
): AsyncGenerator<Value> {
  let cursor = field(await runCommand(engine, db, command), 'cursor')!;
  for (;;) {
    yield* items(field(cursor, 'firstBatch') ?? field(cursor, 'nextBatch')!);
    const id = longOf(field(cursor, 'id')!);
    if (id === 0n) return;
    const namespace = stringOf(field(cursor, 'ns')!);
    const getMore = { getMore: id, collection: namespace.slice(namespace.indexOf('.') + 1) };
    cursor = field(await runCommand(engine, db, getMore), 'cursor')!;
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of source) list.push(item);
  return list;
}

function relaxed(document: Value): unknown {
  return JSON.parse(
    EJSON.stringify(deserialize(document.slice(), { promoteValues: false }), { relaxed: true }),
  );
}

async function contentsOf(engine: Engine): Promise<Contents> {
  const contents: Contents = {};
  const { databases } = {
    databases: field(await runCommand(engine, 'admin', { listDatabases: 1 }), 'databases')!,
  };
  for (const entry of items(databases)) {
    const db = stringOf(field(entry, 'name')!);
    for (const listed of await all(documents(engine, db, { listCollections: 1 }))) {
      const name = stringOf(field(listed, 'name')!);
      const type = stringOf(field(listed, 'type')!);
      const options: unknown = relaxed(field(listed, 'options')!);
      if (type === 'view') {
        contents[`${db}.${name}`] = { type, options };
        continue;
      }
      const hash = createHash('md5');
      let count = 0;
      for await (const document of documents(engine, db, { find: name, hint: { $natural: 1 } })) {
        hash.update(document.slice());
        count++;
      }
      const specs = await all(documents(engine, db, { listIndexes: name }));
      const indexes = specs.map((spec) => stringOf(field(spec, 'name')!));
      contents[`${db}.${name}`] = { type, options, indexes, count, md5: hash.digest('hex') };
    }
  }
  return contents;
}

describe('the built-in engine holds what the real mongod held', () => {
  for (const { replica, backup, store, contents } of recordedBackups().filter(
    (_, i) => thorough || i % 3 === 0,
  )) {
    it.skipIf(store === undefined)(`${replica} backup ${backup}`, { timeout: 120_000 }, async () => {
      const opened = await openBackup(store!, replica, backup);
      try {
        expect(comparable(await contentsOf(opened.engine))).toEqual(contents());
      } finally {
        await opened.close();
      }
    });
  }
});
