import { createHash } from 'node:crypto';
import { deserialize, EJSON } from 'bson';
import { MongoClient, type Document } from 'mongodb';
import { comparable, type Contents } from './contents.ts';

/** All that a server holds, read by the official driver as raw bytes, to be compared with recorded contents. */
export async function readContents(uri: string): Promise<Contents> {
  const client = new MongoClient(uri);
  try {
    const contents: Contents = {};
    const { databases } = await client.db('admin').admin().listDatabases();
    for (const { name } of databases) await readDatabase(client, name, contents);
    return comparable(contents);
  } finally {
    await client.close();
  }
}

async function readDatabase(client: MongoClient, name: string, contents: Contents): Promise<void> {
  const db = client.db(name);
  // Raw, as the options hold values (such as Int32 and Double) that look the same once they are JavaScript's.
  const listed = await db.listCollections({}, { raw: true }).toArray();
  for (const bytes of listed as unknown as Uint8Array[]) {
    const entry = deserialize(bytes, { promoteValues: false }) as {
      name: string;
      type: string;
      options: Document;
    };
    const { type } = entry;
    const options: unknown = JSON.parse(EJSON.stringify(entry.options, { relaxed: true }));
    if (type === 'view') {
      contents[`${name}.${entry.name}`] = { type, options };
      continue;
    }
    const collection = db.collection(entry.name);
    const hash = createHash('md5');
    let count = 0;
    for await (const document of collection.find({}, { raw: true, hint: { $natural: 1 } })) {
      hash.update(document as unknown as Uint8Array);
      count++;
    }
    const indexes = (await collection.listIndexes().toArray()).map(
      (index) => (index as { name: string }).name,
    );
    contents[`${name}.${entry.name}`] = { type, options, indexes, count, md5: hash.digest('hex') };
  }
}
