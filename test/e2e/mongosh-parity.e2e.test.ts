import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isolatedEnv, mongoq, root, sampleBackup, serve } from '../support/mongoq.ts';

const collections = [
  'users',
  'orders',
  'events',
  'empty',
  'legacy',
  'adults',
  'orderTotals',
  'validated',
  'toRename',
];

/** What an operator asks, of every collection and of some. */
const expressions = [
  ...collections.flatMap((name) => [
    `db.${name}.find().sort({_id: 1}).limit(3).toArray()`,
    `db.${name}.findOne({}, {_id: 1})`,
    `db.${name}.countDocuments()`,
    `db.${name}.countDocuments({_id: {$gt: 100}})`,
    `db.${name}.distinct("status").sort()`,
    `db.${name}.aggregate([{$group: {_id: null, n: {$sum: 1}}}]).toArray()`,
    `db.${name}.find({$or: [{_id: 1}, {_id: 2}]}).sort({_id: -1}).toArray()`,
    `db.${name}.find().skip(2).limit(1).sort({_id: 1}).toArray()`,
    `db.${name}.find({nosuch: null}, {_id: 0}).limit(1).toArray().length`,
  ]),
  'db.getCollectionNames().sort()',
  'db.getCollectionInfos({name: "adults"})',
  'db.users.getIndexes()',
  'db.users.find({"name.last": /^K/i}).sort({_id: 1}).limit(5).toArray()',
  'db.users.find({tags: {$all: ["vip"]}}).count()',
  'db.users.find({age: {$gte: 60}}).sort({age: -1, _id: 1}).limit(5).map((u) => u.age)',
  'db.users.find({_id: 42}).explain().queryPlanner.winningPlan',
  'db.orders.aggregate([{$sortByCount: "$status"}]).toArray()',
  'db.orders.find().sort({_id: 1}).limit(2).toArray().map((o) => o._id)',
  'db.users.findOne({_id: NumberLong(42)})',
  'db.users.find({_id: {$in: [1, 2, 3]}}).hint({_id: 1}).toArray()',
  'db.stats().ok',
  'db.adminCommand({listDatabases: 1, nameOnly: true}).databases.map((d) => d.name).sort()',
  'db.getSiblingDB("types").all.find().sort({_id: 1}).toArray()',
  'db.getSiblingDB("files").fs.files.find().toArray()',
  'db.getSiblingDB("données").getCollectionNames().sort()',
  'db.users.insertOne({_id: -1})',
  'db.users.find({$nosuch: 1}).toArray()',
  'db.users.aggregate([{$nosuch: 1}]).toArray()',
  'db.runCommand({nosuch: 1})',
];

/**
 * One script for both: every answer as Extended JSON on a line, errors by their code. It ends without a value, which
 * mongoq would print and mongosh would not.
 */
const script = `db = db.getSiblingDB("app");\n${expressions
  .map(
    (expression) =>
      `try { print(EJSON.stringify(${expression}, {relaxed: false})) } catch (e) { print("error " + (e.originalError || e).code) }`,
  )
  .join('\n')}\nvoid 0;\n`;

let directory: string;
let served: Awaited<ReturnType<typeof serve>>;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'mongoq-parity-'));
  await writeFile(path.join(directory, 'script.js'), script);
  served = await serve([...sampleBackup, '--engine', 'builtin']);
});

afterAll(async () => {
  await served.stop();
  await rm(directory, { recursive: true });
});

it('a script has the same answers through mongoq query and through mongosh on a served backup', async () => {
  expect(expressions.length).toBeGreaterThanOrEqual(100);
  const file = path.join(directory, 'script.js');
  const ours = await mongoq(['query', ...sampleBackup, '--engine', 'builtin', file]);
  const mongosh = path.join(root, 'node_modules/mongosh/bin/mongosh.js');
  const theirs = await execa(process.execPath, [mongosh, served.uri, '--quiet', '--norc', '--file', file], {
    env: isolatedEnv(),
    extendEnv: false,
  });
  expect(ours.stderr).toBe('');
  const answers = ours.stdout.split('\n').filter((line) => line !== '');
  expect(answers.length).toBeGreaterThanOrEqual(expressions.length);
  expect(answers).toEqual(theirs.stdout.split('\n').filter((line) => line !== ''));
});
