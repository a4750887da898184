import { type Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sampleBackup, serve } from '../support/mongoq.ts';

// What programs send of which there is no package to run here, in their order, through a driver. Facts from their public sources:
// mongodb/mongo-tools (mongodump 100), mongodb-js/compass (packages/data-service).

let served: Awaited<ReturnType<typeof serve>>;
let client: MongoClient;

beforeAll(async () => {
  served = await serve([...sampleBackup, '--engine', 'builtin']);
  client = await new MongoClient(served.uri).connect();
});

afterAll(async () => {
  await client.close();
  expect(await served.stop()).toBe(0);
});

const admin = (command: Document): Promise<Document> => client.db('admin').command(command);

it('mongodump: every collection of every database', async () => {
  const { setName, hosts, msg } = await admin({ ismaster: 1 });
  expect([setName, hosts, msg]).toEqual([undefined, undefined, undefined]);
  // Only Atlas' proxy answers this one.
  await expect(admin({ atlasVersion: 1 })).rejects.toMatchObject({ codeName: 'CommandNotFound' });
  await admin({ ping: 1 });
  const { databases } = (await admin({ listDatabases: 1, nameOnly: true })) as {
    databases: { name: string }[];
  };
  const dumped: Record<string, number> = {};
  for (const { name } of databases.filter((one) => !['local', 'config'].includes(one.name))) {
    const db = client.db(name);
    for (const info of await db.listCollections({}, { nameOnly: false }).toArray()) {
      if (info.name.startsWith('system.') && name !== 'admin') continue;
      expect(info.options).toBeDefined();
      if (info.type === 'view') continue;
      const { n } = await db.command({ count: info.name });
      expect(await db.collection(info.name).indexes()).not.toEqual([]);
      const [again] = await db.listCollections({ name: info.name }).toArray();
      expect(again).toEqual(info);
      // It asks for `extents` or `numExtents` to tell MMAPv1 from other engines.
      expect(await db.command({ collStats: info.name })).toHaveProperty('ok', 1);
      const documents = await db.collection(info.name, { raw: true }).find({}).toArray();
      expect(documents).toHaveLength(n as number);
      dumped[`${name}.${info.name}`] = documents.length;
    }
  }
  expect(dumped).toMatchObject({ 'app.users': 1498, 'app.empty': 0 });
  expect(Object.keys(dumped).length).toBeGreaterThan(20);
  // The head of an archive holds the version.
  expect((await admin({ buildInfo: 1 }))['versionArray']).toHaveLength(4);
});

it('Compass: connecting, the lists, the tabs of a collection, the performance tab', async () => {
  const [status, host, build, parameter, atlasCli] = await Promise.all([
    admin({ connectionStatus: 1, showPrivileges: true }),
    admin({ hostInfo: 1 }),
    admin({ buildInfo: 1 }),
    admin({ getParameter: 1, featureCompatibilityVersion: 1 }),
    client
      .db('admin')
      .collection('atlascli')
      .countDocuments({ managedClusterType: 'atlasCliLocalDevCluster' }),
  ]);
  expect(status).toHaveProperty('authInfo.authenticatedUserPrivileges', []);
  expect(host).toHaveProperty('system.numCores');
  expect(build).toMatchObject({ version: '3.4.10' });
  expect(parameter).toHaveProperty('featureCompatibilityVersion', '3.4');
  expect(atlasCli).toBe(0);

  const { databases } = (await admin({ listDatabases: 1, nameOnly: true })) as {
    databases: { name: string }[];
  };
  for (const { name } of databases) expect(await client.db(name).stats()).toHaveProperty('ok', 1);
  const listed = await client.db('app').listCollections({}, { nameOnly: true }).toArray();
  expect(listed.map(({ name }) => name)).toContain('users');

  const users = client.db('app').collection('users');
  const [figures] = await users
    .aggregate([
      { $collStats: { storageStats: {} } },
      {
        $group: {
          _id: null,
          capped: { $first: '$storageStats.capped' },
          count: { $sum: '$storageStats.count' },
          size: { $sum: { $toDouble: '$storageStats.size' } },
        },
      },
    ])
    .toArray()
    // $toDouble is of MongoDB 4.0: it asks collStats then.
    .catch(async () => [await client.db('app').command({ collStats: 'users' })]);
  expect(figures).toMatchObject({ capped: false, count: 1498 });
  const page = { sort: { _id: -1 }, skip: 20, limit: 20, maxTimeMS: 60_000 } as const;
  expect(await users.find({}, page).toArray()).toHaveLength(20);
  const counted = users.aggregate([{ $match: {} }, { $skip: 0 }, { $group: { _id: 1, n: { $sum: 1 } } }], {
    maxTimeMS: 5000,
    hint: '_id_',
  });
  expect(await counted.toArray()).toEqual([{ _id: 1, n: 1498 }]);
  const schema = users.aggregate([{ $match: {} }, { $sample: { size: 100 } }], { allowDiskUse: true });
  expect(await schema.toArray()).toHaveLength(100);
  const usage = await users.aggregate([{ $indexStats: {} }]).toArray();
  expect(usage.length).toBe((await users.indexes()).length);
  expect(await users.find({ age: { $gt: 50 } }).explain('allPlansExecution')).toHaveProperty('queryPlanner');
  await expect(users.aggregate([{ $listSearchIndexes: {} }]).toArray()).rejects.toThrow(
    'Unrecognized pipeline stage name',
  );

  for (const command of ['currentOp', 'top', 'serverStatus']) {
    expect(await admin({ [command]: 1 })).toHaveProperty('ok', 1);
  }
});
