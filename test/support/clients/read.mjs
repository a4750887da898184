// Reads a collection as a Node.js user would, with any version of the driver: read.mjs URI DATABASE COLLECTION [PACKAGE].
// Prints what it saw as JSON.
import { createRequire } from 'node:module';
import path from 'node:path';

const [uri, database, name, driver = 'mongodb'] = process.argv.slice(2);
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
console.log(JSON.stringify(seen));
await client.close();
