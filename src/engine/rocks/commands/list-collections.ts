import { DocumentBuilder } from '../../../bson/builder.ts';
import { field, type Value } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { fromDocuments } from '../../../query/stages/batches.ts';
import type { Collection, View } from '../catalog/collection.ts';
import { startCursor, cursorOptions } from '../cursors/start-cursor.ts';
import type { Handler } from './command.ts';
import { filterOf } from './list-databases.ts';

/** listCollections: collections and views. mongod 3.4 ignores nameOnly. */
const listCollections: Handler = async (context) => {
  const { state, db, command } = context;
  const matches = filterOf(command, () => badValue('"filter" must be an object'));
  const { batchSize } = cursorOptions(command);
  const views = [...(await state.catalog.views(db)).values()];
  const entries = [...state.catalog.collections(db).map(collectionEntry), ...views.map(viewEntry)].filter(
    matches,
  );
  return startCursor(context, {
    namespace: `${db}.$cmd.listCollections`,
    documents: fromDocuments(entries),
    batchSize: batchSize ?? Infinity,
  });
};

function collectionEntry(collection: Collection): Value {
  const entry = new DocumentBuilder().string('name', collection.name).string('type', 'collection');
  entry.append('options', collection.options).openDocument('info').bool('readOnly', false);
  const uuid = field(collection.options, 'uuid');
  if (uuid) entry.append('uuid', uuid);
  entry.close();
  const id = collection.indexes.find(({ isId }) => isId);
  if (id) entry.append('idIndex', id.spec);
  return entry.finish();
}

function viewEntry(view: View): Value {
  const entry = new DocumentBuilder()
    .string('name', view.name)
    .string('type', 'view')
    .openDocument('options');
  entry.string('viewOn', view.viewOn).openArray('pipeline');
  for (const stage of view.pipeline) entry.push(stage);
  entry.close();
  if (view.collation) entry.append('collation', view.collation);
  return entry.close().openDocument('info').bool('readOnly', true).close().finish();
}

export const listCollectionsCommands = { listCollections };
