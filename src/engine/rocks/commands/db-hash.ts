import { createHash } from 'node:crypto';
import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, items, type Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { recordsOf, type Collection } from '../catalog/collection.ts';
import { newReply } from '../reply.ts';
import { fetchDocuments } from '../scan/fetch.ts';
import { scanIndex } from '../scan/index-scan.ts';
import { scanRecords } from '../scan/record-scan.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { planIndex } from '../planner/candidate.ts';
import type { Handler } from './command.ts';

/** What of the system collections dbHash looks at: those that are replicated. */
const hashedSystemCollections = new Set(
  ['backup_users', 'js', 'new_users', 'roles', 'users', 'version', 'views'].map((name) => `system.${name}`),
);

/** dbHash: the MD5 of each collection's documents in the order of `_id`, and of these hashes. */
const dbHash: Handler = async ({ state, db, command, signal }) => {
  const wanted = wantedNames(command);
  const collections = state.catalog
    .collections(db)
    .filter(({ name }) => !name.startsWith('system.') || hashedSystemCollections.has(name))
    .filter(({ name }) => wanted === undefined || wanted.has(name))
    .sort((a, b) => Buffer.compare(Buffer.from(a.namespace), Buffer.from(b.namespace)));
  const total = createHash('md5');
  const reply = newReply().string('host', 'mongoq').openDocument('collections');
  for (const collection of collections) {
    const hash = await hashCollection(state, collection, signal);
    reply.string(collection.name, hash);
    total.update(hash);
  }
  reply.close().string('md5', total.digest('hex')).int('timeMillis', 0);
  return reply.openArray('fromCache').close();
};

/** Throws CommandError without a code. */
function wantedNames(command: Value): Set<string> | undefined {
  const names = field(command, 'collections');
  if (names?.isArray() !== true) return undefined;
  const set = new Set<string>();
  for (const name of items(names)) {
    if (name.type !== BsonType.string) {
      throw new CommandError(undefined, undefined, 'collections entries have to be strings');
    }
    set.add(stringOf(name));
  }
  return set.size === 0 ? undefined : set;
}

async function hashCollection(
  state: RocksEngineState,
  collection: Collection,
  signal: AbortSignal,
): Promise<string> {
  const hash = createHash('md5');
  const counts = newScanCounts();
  const prefix = recordsOf(collection);
  const id = collection.indexes.find(({ isId }) => isId);
  const plan = id && planIndex(id, { conjuncts: [], sort: undefined, simpleCollation: true }, true);
  if (plan === undefined && !collection.capped) return 'no _id _index';
  const documents = plan
    ? fetchDocuments(
        state.database,
        prefix,
        scanIndex(state.database, plan, counts, signal),
        { distinct: false, signal },
        counts,
      )
    : scanRecords(state.database, prefix, { signal, eager: true }, counts);
  for await (const batch of documents) for (const document of batch) hash.update(document.slice());
  return hash.digest('hex');
}

export const dbHashCommands = { dbHash, dbhash: dbHash };
