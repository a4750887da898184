import { Code, Double, Long, type Document } from 'bson';

/** A command of `app` (or of `db`) that would change something. */
export interface WriteCommand {
  db?: string;
  command: Document;
}

const emit = new Code('function () { emit(1, 1); }');
const one = new Code('function (key, values) { return 1; }');
const mapReduce = { map: emit, reduce: one };
const nothing = { find: 'users' };
const out = [{ $out: 'copy' }];
const merge = [{ $merge: { into: 'copy' } }];

/** Every way to write that a client has: commands of all versions, stages at any depth, and orders to the server. */
export const writeCommands: WriteCommand[] = [
  { command: { insert: 'users', documents: [{ _id: 'new' }] } },
  { command: { insert: 'system.indexes', documents: [{ ns: 'app.users', key: { z: 1 }, name: 'z_1' }] } },
  { command: { update: 'users', updates: [{ q: {}, u: { $set: { z: 1 } }, multi: true }] } },
  { command: { update: 'users', updates: [{ q: { _id: 'new' }, u: { z: 1 }, upsert: true }] } },
  { command: { delete: 'users', deletes: [{ q: {}, limit: 0 }] } },
  ...['findAndModify', 'findandmodify'].flatMap((name) => [
    { command: { [name]: 'users', query: { _id: 43 }, update: { z: 1 } } },
    { command: { [name]: 'users', query: { _id: 43 }, remove: true } },
  ]),
  { command: { create: 'new' } },
  { command: { create: 'new', viewOn: 'users', pipeline: [] } },
  { command: { create: 'new', capped: true, size: 4096 } },
  { command: { createIndexes: 'users', indexes: [{ key: { z: 1 }, name: 'z_1' }] } },
  { command: { drop: 'users' } },
  { command: { drop: 'none' } },
  { command: { dropDatabase: 1 } },
  ...['dropIndexes', 'deleteIndexes'].map((name) => ({ command: { [name]: 'users', index: '*' } })),
  { command: { reIndex: 'users' } },
  { command: { collMod: 'users', validator: {} } },
  { command: { convertToCapped: 'users', size: 4096 } },
  { command: { cloneCollectionAsCapped: 'users', toCollection: 'copy', size: 4096 } },
  { command: { emptycapped: 'log' }, db: 'capped' },
  { command: { captrunc: 'log', n: 1 }, db: 'capped' },
  { command: { renameCollection: 'app.users', to: 'app.renamed2' }, db: 'admin' },
  { command: { copydb: 1, fromdb: 'app', todb: 'copy' }, db: 'admin' },
  { command: { applyOps: [{ op: 'd', ns: 'app.users', o: { _id: 43 } }] }, db: 'admin' },
  { command: { aggregate: 'users', pipeline: out, cursor: {} } },
  { command: { aggregate: 'users', pipeline: merge, cursor: {} } },
  { command: { aggregate: 'users', pipeline: [{ $facet: { a: out } }], cursor: {} } },
  { command: { aggregate: 'users', pipeline: [{ $facet: { a: [{ $facet: { b: merge } }] } }], cursor: {} } },
  {
    command: {
      aggregate: 'users',
      pipeline: [{ $lookup: { from: 'orders', pipeline: out, as: 'x' } }],
      cursor: {},
    },
  },
  {
    command: {
      aggregate: 'users',
      pipeline: [{ $unionWith: { coll: 'orders', pipeline: merge } }],
      cursor: {},
    },
  },
  { command: { aggregate: 'users', pipeline: out, explain: true } },
  { command: { explain: { aggregate: 'users', pipeline: out, cursor: {} } } },
  { command: { explain: { delete: 'users', deletes: [{ q: {}, limit: 0 }] } } },
  { command: { explain: { findAndModify: 'users', remove: true } } },
  { command: { explain: { explain: { insert: 'users', documents: [{}] } } } },
  ...['mapReduce', 'mapreduce'].flatMap((name) => [
    { command: { [name]: 'users', ...mapReduce, out: 'copy' } },
    { command: { [name]: 'users', ...mapReduce, out: { replace: 'copy' } } },
    { command: { [name]: 'users', ...mapReduce, out: { merge: 'copy', inline: 1 } } },
    { command: { [name]: 'users', ...mapReduce } },
  ]),
  ...['eval', '$eval'].map((name) => ({ command: { [name]: new Code('db.users.remove({})') } })),
  { command: { eval: 'db.users.remove({})', nolock: true } },
  { command: { godinsert: 'users', obj: {} } },
  { command: { createUser: 'u', pwd: 'p', roles: [] } },
  { command: { updateUser: 'u', pwd: 'p' } },
  { command: { dropUser: 'u' } },
  { command: { dropAllUsersFromDatabase: 1 } },
  { command: { grantRolesToUser: 'u', roles: [] } },
  { command: { createRole: 'r', privileges: [], roles: [] } },
  { command: { dropRole: 'r' } },
  { command: { repairDatabase: 1 } },
  { command: { compact: 'users', force: true } },
  { command: { touch: 'users', data: true } },
  { command: { profile: 2 } },
  { command: { profile: -1, slowms: 1 } },
  { command: { validate: 'users', repair: true } },
  { command: { planCacheClear: 'users' } },
  { command: { planCacheSetFilter: 'users', query: {}, indexes: [{ _id: 1 }] } },
  ...[
    { fsync: 1, lock: true },
    { shutdown: 1 },
    { shutdown: 1, force: true },
    { setParameter: 1, logLevel: 1 },
    { setParameter: 1, rocksdbBackup: '/tmp/mongoq-must-not-be' },
    { setParameter: 1, rocksdbCompact: 1 },
    { setFeatureCompatibilityVersion: '3.2' },
    { logRotate: 1 },
    { replSetInitiate: {} },
    { replSetReconfig: {} },
    { replSetStepDown: 1 },
    { replSetResizeOplog: 1, size: new Double(1000) },
    { resync: 1 },
    { createBackup: 1 },
    { configureFailPoint: 'x', mode: 'alwaysOn' },
    { cloneCollection: 'app.users', from: 'localhost' },
  ].map((command) => ({ command, db: 'admin' })),
  // A reader that believes the other of two names, or of a name in another case, is not fooled.
  { command: { Insert: 'users', documents: [{}] } },
  { command: { insert: 'users', ...nothing } },
  {
    command: { bulkWrite: 1, ops: [{ insert: 0, document: {} }], nsInfo: [{ ns: 'app.users' }] },
    db: 'admin',
  },
];

/** Commands that only read, with code in them that tries to write. */
export const sideEffects: WriteCommand[] = [
  { command: { find: 'users', filter: { $where: 'db.users.insert({z: 1}); return true;' } } },
  { command: { find: 'users', filter: { $where: 'db.users.drop() || true' } } },
  {
    command: {
      mapReduce: 'users',
      map: new Code('function () { db.users.remove({}); emit(1, 1); }'),
      reduce: one,
      out: { inline: 1 },
    },
  },
  {
    command: {
      group: { ns: 'users', key: {}, initial: {}, $reduce: new Code('function () { db.dropDatabase(); }') },
    },
  },
  { command: { killCursors: 'users', cursors: [Long.fromNumber(1)] } },
];
