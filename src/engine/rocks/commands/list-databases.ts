import { boolOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { compileMatcher } from '../../../query/match/compile.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { tableRange } from '../catalog/key-space.ts';
import { newReply } from '../reply.ts';
import type { RocksEngineState } from '../state.ts';
import { adminOnly } from './admin-only.ts';
import type { Handler } from './command.ts';

/** listDatabases: sizes are those of the compressed tables, about. */
const listDatabases: Handler = async (context) => {
  adminOnly(context);
  const { state, command } = context;
  const matches = filterOf(command);
  const nameOnly = field(command, 'nameOnly');
  const withSizes = !(nameOnly?.type === BsonType.bool && boolOf(nameOnly));
  const entries = await Promise.all(
    state.catalog.databases().map(async (db) => {
      const entry = new DocumentBuilder().string('name', db);
      const size = withSizes ? await sizeOnDisk(state, db) : 0;
      if (withSizes) entry.double('sizeOnDisk', size).bool('empty', false);
      return { entry: entry.finish(), size };
    }),
  );
  const reply = newReply().openArray('databases');
  let total = 0;
  for (const { entry, size } of entries) {
    if (!matches(entry)) continue;
    reply.push(entry);
    total += size;
  }
  reply.close();
  return withSizes ? reply.double('totalSize', total) : reply;
};

/** The `filter` of listDatabases and listCollections. Throws BadValue. */
export function filterOf(command: Value): (entry: Value) => boolean {
  const filter = field(command, 'filter');
  if (filter === undefined) return () => true;
  if (!filter.isDocument()) throw badValue('"filter" must be an object');
  return compileMatcher(parseFilter(filter, {}), {});
}

async function sizeOnDisk(state: RocksEngineState, db: string): Promise<number> {
  const prefixes = state.catalog
    .collections(db)
    .flatMap(({ prefix, indexes }) => [prefix, ...indexes.map(({ table }) => table?.prefix)])
    .filter((prefix) => prefix !== undefined);
  const sizes = await Promise.all(
    prefixes.map((prefix) => state.database.approximateSize(tableRange(prefix))),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export const listDatabasesCommands = { listDatabases };
