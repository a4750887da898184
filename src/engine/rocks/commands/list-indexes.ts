import { DocumentBuilder } from '../../../bson/builder.ts';
import { decimalValue } from '../../../bson/decimal.ts';
import { decimalFrom } from '../../../bson/numbers.ts';
import { BsonType, isNumberType } from '../../../bson/types.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { fromDocuments } from '../../../query/stages/batches.ts';
import type { Collection, Index } from '../catalog/collection.ts';
import { cursorOptions, startCursor } from '../cursors/start-cursor.ts';
import { namespaceName } from '../options/collection-name.ts';
import { refuseView } from '../query/target.ts';
import type { Handler } from './command.ts';

/** listIndexes: the specifications as stored. */
const listIndexes: Handler = async (context) => {
  const { state, db, command } = context;
  const { batchSize } = cursorOptions(command);
  const name = namespaceName(command);
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  if (collection === undefined) throw notFound(state.catalog.databases().includes(db), db, name);
  return startCursor(context, {
    namespace: `${db}.$cmd.listIndexes.${name}`,
    documents: fromDocuments(collection.indexes.map((index) => shownSpec(collection, index))),
    batchSize: batchSize ?? Infinity,
  });
};

/** The marker that keeps mongod 3.2 off the data is shown with a type that 3.2 does not know, as mongod 3.4 does it. */
function shownSpec({ namespace }: Collection, { name, spec }: Index): Value {
  if (namespace !== 'admin.system.version' || name !== 'incompatible_with_version_32') return spec;
  const shown = new DocumentBuilder();
  for (const { name: field, value } of elements(spec)) {
    const isVersion = field === 'v' && isNumberType(value.type) && value.type !== BsonType.decimal;
    shown.append(field, isVersion ? decimalValue(decimalFrom(value)) : value);
  }
  return shown.finish();
}

function notFound(databaseExists: boolean, db: string, name: string): CommandError {
  const what = databaseExists ? `Collection ${db}.${name}` : `Database ${db}`;
  return new CommandError(26, 'NamespaceNotFound', `${what} doesn't exist`);
}

export const listIndexesCommands = { listIndexes };
