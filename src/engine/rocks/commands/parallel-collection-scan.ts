import { field } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import { isNumberType } from '../../../bson/types.ts';
import { recordsOf } from '../catalog/collection.ts';
import { tableRange } from '../catalog/key-space.ts';
import { DocumentCursor } from '../cursors/document-cursor.ts';
import { collectionName } from '../options/collection-name.ts';
import { castToInt } from '../../../query/match/cast.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import { scanRecords } from '../scan/record-scan.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { Handler } from './command.ts';

/** parallelCollectionScan: cursors over disjoint parts of a collection. */
const parallelCollectionScan: Handler = async ({ state, db, command }) => {
  const name = collectionName(command);
  await refuseView(state, db, name);
  const collection = state.catalog.collection(db, name);
  if (collection === undefined)
    throw new CommandError(26, 'NamespaceNotFound', `ns does not exist: ${db}.${name}`);
  const wanted = field(command, 'numCursors');
  const parts = wanted && isNumberType(wanted.type) ? Number(castToInt(wanted)) : 0;
  if (parts < 1 || parts > 10_000) {
    throw badValue(`numCursors has to be between 1 and 10000 was: ${parts}`);
  }
  const prefix = recordsOf(collection);
  const points = await state.database.splitPoints(tableRange(prefix), parts);
  const ids = points.filter((key) => key.length === 12).map((key) => key.readBigInt64BE(4));
  const reply = newReply().openArray('cursors');
  for (const [i, from] of [undefined, ...ids].entries()) {
    // Nothing is read before the first getMore: the command's own signal does not matter to the cursor.
    const abort = new AbortController();
    const range = { from, before: ids[i], signal: abort.signal };
    const documents = new DocumentCursor(scanRecords(state.database, prefix, range, newScanCounts()), true);
    const { id } = state.cursors.register(
      { namespace: `${db}.${name}`, documents, tailable: false, awaitData: false, abort },
      { timeless: false },
    );
    reply.pushDocument().openDocument('cursor').openArray('firstBatch').close();
    reply.long('id', id).string('ns', `${db}.${name}`).close().bool('ok', true).close();
  }
  return reply.close();
};

export const parallelScanCommands = { parallelCollectionScan };
