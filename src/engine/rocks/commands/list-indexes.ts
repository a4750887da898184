import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { CommandError, location } from '../../../query/errors.ts';
import { fromDocuments } from '../../../query/stages/batches.ts';
import { cursorOptions, startCursor } from '../cursors/start-cursor.ts';
import { firstValue } from '../options/collection-name.ts';
import { refuseView } from '../query/target.ts';
import type { Handler } from './command.ts';

/** listIndexes: the specifications as stored. */
const listIndexes: Handler = async (context) => {
  const { state, db, command } = context;
  const value = firstValue(command);
  const { batchSize } = cursorOptions(command);
  if (value?.type !== BsonType.string) throw location(28539, 'need a valid database name');
  const name = stringOf(value);
  if (name === '') throw location(28538, 'need a non-empty collection name');
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  if (collection === undefined) throw notFound(state.catalog.databases().includes(db), db, name);
  return startCursor(context, {
    namespace: `${db}.$cmd.listIndexes.${name}`,
    documents: fromDocuments(collection.indexes.map(({ spec }) => spec)),
    batchSize,
  });
};

function notFound(databaseExists: boolean, db: string, name: string): CommandError {
  const what = databaseExists ? `Collection ${db}.${name}` : `Database ${db}`;
  return new CommandError(26, 'NamespaceNotFound', `${what} doesn't exist`);
}

export const listIndexesCommands = { listIndexes };
