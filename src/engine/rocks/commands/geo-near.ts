import { field } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { truth } from '../../../query/geo/geo-near.ts';
import { collectionName } from '../options/collection-name.ts';
import { collationOption } from '../options/typed-option.ts';
import { resolveCollator } from '../query/collation.ts';
import { geoNearDocuments } from '../query/geo-near-documents.ts';
import { refuseView } from '../query/target.ts';
import { newReply } from '../reply.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { Handler } from './command.ts';

/** geoNear: the nearest documents with their distances. */
const geoNear: Handler = async ({ state, db, command, signal }) => {
  if (field(command, 'start') !== undefined) {
    throw new CommandError(undefined, undefined, "using deprecated 'start' argument to geoNear");
  }
  const name = collectionName(command);
  await refuseView(state, db, name);
  const started = Date.now();
  const collection = state.catalog.collection(db, name);
  const counts = newScanCounts();
  const collator = collection && resolveCollator(collationOption(command), collection);
  const results = await geoNearDocuments(state, collection, command, collator, counts, signal);
  const includeLocs = truth(field(command, 'includeLocs'));
  const reply = newReply(4096).openArray('results');
  let sum = 0;
  let longest = 0;
  for (const { document, distance, point } of results) {
    sum += distance;
    longest = Math.max(longest, distance);
    reply.pushDocument().double('dis', distance);
    if (includeLocs) reply.append('loc', point);
    reply.append('obj', document).close();
  }
  reply
    .close()
    .openDocument('stats')
    .long('nscanned', BigInt(counts.keys))
    .long('objectsLoaded', BigInt(counts.documents));
  if (results.length > 0) reply.double('avgDistance', sum / results.length);
  return reply
    .double('maxDistance', longest)
    .int('time', Date.now() - started)
    .close();
};

export const geoNearCommands = { geoNear, geonear: geoNear };
