import { DocumentBuilder } from '../../../bson/builder.ts';
import { printDocument } from '../../../bson/print.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import { geoHooks } from '../../../query/geo/hooks.ts';
import { compileMatcher } from '../../../query/match/compile.ts';
import type { MatchHooks } from '../../../query/match/hooks.ts';
import { parseFilter } from '../../../query/match/parse.ts';
import { isTruthy } from '../../../query/match/parse-leaf.ts';
import { tableRange } from '../catalog/key-space.ts';
import { newReply } from '../reply.ts';
import type { RocksEngineState } from '../state.ts';
import { adminOnly } from './admin-only.ts';
import type { Handler } from './command.ts';

/** listDatabases: sizes are those of the compressed tables, about. */
const listDatabases: Handler = async (context) => {
  adminOnly(context);
  const { state, command } = context;
  const matches = filterOf(command, () => {
    const message = `Field 'filter' must be of type Object in: ${printDocument(command)}`;
    return new CommandError(14, 'TypeMismatch', message);
  });
  const nameOnly = field(command, 'nameOnly');
  const withSizes = nameOnly === undefined || !isTruthy(nameOnly);
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

const hooks: MatchHooks = {
  ...geoHooks,
  compileWhere: () => {
    throw badValue('$where is not allowed in this context');
  },
  parseText: () => {
    throw badValue('$text is not allowed in this context');
  },
};

/** The `filter` of listDatabases and listCollections; `noObject` is the error for another type. Throws BadValue. */
export function filterOf(command: Value, noObject: () => CommandError): (entry: Value) => boolean {
  const filter = field(command, 'filter');
  if (filter === undefined) return () => true;
  if (!filter.isDocument()) throw noObject();
  return compileMatcher(parseFilter(filter, { hooks }), {});
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
