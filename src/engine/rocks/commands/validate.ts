import { bsonProblem } from '../../../bson/validate.ts';
import { CommandError } from '../../../query/errors.ts';
import { tableRange } from '../catalog/key-space.ts';
import { isTrue } from '../catalog/read-index.ts';
import { collectionName } from '../options/collection-name.ts';
import { appendCount } from '../query/append-count.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import { CollatedIndex } from '../validate/collated-index.ts';
import { ExpectedIndex } from '../validate/validate-index.ts';
import { documentOf, field } from '../../../bson/value.ts';
import type { Handler } from './command.ts';

const named = 10;

/**
 * validate: reads every document and every index entry and compares them, both ways; with `full` every document's BSON is
 * checked throughout. The entries of collated indexes are checked but for the sort keys, which cannot be predicted.
 */
const validate: Handler = async ({ state, db, command, signal }) => {
  const name = collectionName(command);
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  if (collection === undefined) throw new CommandError(undefined, undefined, 'ns not found');
  const full = isTrue(field(command, 'full'));
  const errors: string[] = [];
  const indexes = collection.indexes.map((index) =>
    index.collation && index.type === 'btree' ? new CollatedIndex(index) : new ExpectedIndex(index),
  );
  let records = 0;
  let invalid = 0;
  const { prefix } = collection;
  if (prefix === undefined) errors.push('the collection cannot be read: its table is not known');
  else {
    for await (const batch of scanDatabase(state.database, { ...tableRange(prefix), signal, eager: true })) {
      for (let i = 0; i < batch.length; i++) {
        const key = batch.key(i);
        const id = key.length === 12 ? key.readBigInt64BE(4) : undefined;
        const bytes = batch.value(i);
        records++;
        const problem = id === undefined ? 'a key of a wrong length' : documentProblem(bytes, full);
        if (problem !== undefined) {
          invalid++;
          if (errors.length < named) errors.push(`record ${id ?? key.toString('hex')}: ${problem}`);
        }
        if (id === undefined || problem !== undefined) continue;
        const document = documentOf(bytes);
        for (const index of indexes) index.add(document, id);
      }
    }
  }
  const reply = newReply().string('ns', collection.namespace).int('nInvalidDocuments', invalid);
  appendCount(reply, 'nrecords', records).int('nIndexes', indexes.length);
  const reports = [];
  for (const index of indexes) reports.push(await index.compare(state, collection, signal));
  reply.openDocument('keysPerIndex');
  for (const report of reports) appendCount(reply, `${collection.namespace}.$${report.name}`, report.entries);
  reply.close().openDocument('indexDetails');
  for (const report of reports) {
    reply.openDocument(`${collection.namespace}.$${report.name}`).bool('valid', report.errors.length === 0);
    reply
      .bool('compared', report.compared)
      .bool('checked', report.compared || report.checked === true)
      .close();
    errors.push(...report.errors.map((error) => `index ${report.name}: ${error}`));
  }
  reply
    .close()
    .bool('valid', errors.length === 0)
    .openArray('warnings');
  reports
    .flatMap(({ name: index, warnings }) => warnings.map((warning) => `index ${index}: ${warning}`))
    .forEach((warning, at) => reply.string(String(at), warning));
  reply.close().openArray('errors');
  errors.forEach((error, at) => reply.string(String(at), error));
  return reply.close();
};

/** What is wrong with a record's bytes: their length alone, or with `full` everything in them. */
function documentProblem(bytes: Buffer, full: boolean): string | undefined {
  if (full) return bsonProblem(bytes);
  const length = bytes.length < 5 ? 0 : bytes.readInt32LE();
  return length === bytes.length ? undefined : 'not valid BSON: a document has a wrong length';
}

export const validateCommands = { validate };
