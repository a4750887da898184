// Reads a collection as a Node.js user would, with any version of the driver: read.mjs URI DATABASE COLLECTION.
// DRIVER names the package. Prints what it saw as JSON.
import { createRequire } from 'node:module';
import path from 'node:path';

const [uri, database, name] = process.argv.slice(2);
const driver = process.env.DRIVER ?? 'mongodb';
// Packages are looked for where the caller is, so that several versions can be tried.
const require = createRequire(path.join(process.cwd(), 'x.js'));
const { MongoClient } = require(driver);
const { version } = require(`${driver}/package.json`);
const client = new MongoClient(uri, version.startsWith('3.') ? { useUnifiedTopology: true } : {});
await client.connect();
const db = client.db(database);
const collection = db.collection(name);
const few = { _id: { $lte: 5 } };
const seen = {
  version,
  ids: (await collection.find({}, { batchSize: 100 }).toArray()).map(({ _id }) => _id),
  one: (await collection.findOne({ _id: 43 }))._id,
  count: await collection.countDocuments(few),
  estimated: await collection.estimatedDocumentCount(),
  aggregated: (await collection.aggregate([{ $match: few }]).toArray()).length,
  collections: (await db.listCollections().toArray()).map((entry) => entry.name),
  databases: (await db.admin().listDatabases()).databases.map((entry) => entry.name),
  insert: await collection.insertOne({ _id: 'new' }).then(
    () => null,
    ({ originalError, code }) => originalError?.code ?? code,
  ),
};
// What the driver's options add to a read.
const session = client.startSession({ causalConsistency: true });
const options = { comment: 'few', hint: '_id_', maxTimeMS: 60_000, session };
seen.withOptions = [
  (await collection.find(few, { ...options, batchSize: 2 }).toArray()).length,
  (await collection.aggregate([{ $match: few }], options).toArray()).length,
];
await session.endSession();
seen.out = await collection
  .aggregate([{ $out: 'new' }])
  .toArray()
  .then(
    () => null,
    ({ originalError, code }) => originalError?.code ?? code,
  );
if (!version.startsWith('3.')) {
  const stable = new MongoClient(uri, { serverApi: { version: '1', strict: true } });
  seen.stable = (await stable.db(database).collection(name).find(few, { batchSize: 2 }).toArray()).length;
  await stable.close();
}
console.log(JSON.stringify(seen));
await client.close();
