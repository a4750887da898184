import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringOf } from '../../src/bson/access.ts';
import { deserialize, EJSON } from 'bson';
import { longOf } from '../../src/bson/access.ts';
import { field, items, type Value } from '../../src/bson/value.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openBackup } from '../support/open-backup.ts';
import { runCommand } from '../support/run-command.ts';
import { storeOf } from '../support/stores.ts';

/** What the real mongod holds after a restore of a backup, by namespace. */
type Contents = Record<
  string,
  { type: string; options: unknown; indexes?: string[]; count?: number; md5?: string }
>;

const folders = ['test/fixtures/contents', '../shared/fixtures/contents']
  .map((folder) => path.join(import.meta.dirname, '../..', folder))
  .filter((folder) => existsSync(folder));
const files = new Map(
  folders.flatMap((folder) => readdirSync(folder).map((file) => [file, path.join(folder, file)] as const)),
);

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
  for (const [file, location] of files) {
    const [, replica, backup] = /^(.*)-([^-]*)\.json$/.exec(file) as unknown as [string, string, string];
    const store = storeOf(replica, backup);
    it.skipIf(store === undefined)(`${replica} backup ${backup}`, { timeout: 120_000 }, async () => {
      const opened = await openBackup(store!, replica, backup);
      try {
        const expected = JSON.parse(readFileSync(location, 'utf8')) as Contents;
        const got = await contentsOf(opened.engine);
        // A server that is started on the backup writes this one anew, so that the recorded contents leave it out.
        delete got['local.replset.minvalid'];
        for (const entry of [...Object.values(expected), ...Object.values(got)]) entry.indexes?.sort();
        expect(got).toEqual(expected);
      } finally {
        await opened.close();
      }
    });
  }
});
