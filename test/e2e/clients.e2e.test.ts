import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolatedEnv, root, sampleBackup, serve } from '../support/mongoq.ts';
import { pythonWithPymongo } from '../support/python.ts';
import { mustSkip } from '../support/skip-reason.ts';

const clients = path.join(root, 'test/support/clients');

/** A client: how it is seen to be there, what builds it, what runs it, and whether it knows the Stable API. */
interface Client {
  present: string[];
  install: string;
  build?: (output: string) => string;
  command: (output: string) => string[];
  stable?: true;
}

/** Debian's Go packages are sources below a GOPATH, not modules. */
const debianGo = ['GO111MODULE=off', 'GOPATH=/usr/share/gocode'];

const python = pythonWithPymongo() ?? 'python3';
const readMjs = path.join(clients, 'read.mjs');

const drivers: Record<string, Client> = {
  'for Node.js, current': {
    present: ['node', '--version'],
    install: 'nodejs',
    command: () => ['node', readMjs],
    stable: true,
  },
  'for Node.js, 3.7': {
    present: ['node', '--version'],
    install: 'nodejs',
    command: () => ['env', 'DRIVER=mongodb-legacy', 'node', readMjs],
  },
  'for Python': {
    present: [python, '-c', 'import pymongo'],
    install: 'python3-pymongo',
    command: () => [python, path.join(clients, 'read.py')],
  },
  'for PHP': {
    present: ['php', '-r', 'exit(extension_loaded("mongodb") ? 0 : 1);'],
    install: 'php-cli php-mongodb',
    command: () => ['php', path.join(clients, 'read.php')],
    stable: true,
  },
  'for Perl': {
    present: ['perl', '-MMongoDB', '-e', '1'],
    install: 'libmongodb-perl',
    command: () => ['perl', path.join(clients, 'read.pl')],
  },
  'for Ruby': {
    present: ['ruby', '-rmongo', '-e', '1'],
    install: 'ruby-mongo',
    command: () => ['ruby', path.join(clients, 'read.rb')],
  },
  'for C': {
    present: ['pkg-config', '--exists', 'libmongoc-1.0'],
    install: 'gcc pkg-config libmongoc-dev',
    build: (output) =>
      `cc ${path.join(clients, 'read.c')} -o ${output} $(pkg-config --cflags --libs libmongoc-1.0)`,
    command: (output) => [output],
    stable: true,
  },
  'for Go': {
    present: ['env', ...debianGo, 'go', 'list', 'go.mongodb.org/mongo-driver/mongo'],
    install: 'golang-go golang-mongodb-mongo-driver-dev',
    build: (output) => `env ${debianGo.join(' ')} go build -o ${output} ${path.join(clients, 'read.go')}`,
    command: (output) => [output],
    stable: true,
  },
};

/** What connection strings ask for beside the address; none of it may keep a client from reading. */
const settings = [
  '',
  '?w=majority&journal=true&wtimeoutMS=1000&readPreference=secondaryPreferred&retryWrites=true&retryReads=true',
  '?w=1&readConcernLevel=available&readPreference=nearest&retryWrites=false&retryReads=false',
  '?readConcernLevel=local&readPreference=secondary&maxStalenessSeconds=120',
  '?readPreference=primaryPreferred',
];

let served: Awaited<ReturnType<typeof serve>>;
let directory: string;

beforeAll(async () => {
  directory = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-clients-'));
  served = await serve([...sampleBackup, '--engine', 'builtin']);
});

afterAll(async () => {
  expect(await served.stop()).toBe(0);
  await fs.rm(directory, { recursive: true });
});

describe.each(Object.entries(drivers))(
  'the driver %s',
  (name, { present, install, build, command, stable }) => {
    it.skipIf(mustSkip(`the driver ${name}`, whyNot(present, install)))(
      'reads whatever its settings add, and is refused writes',
      async () => {
        const output = path.join(directory, name.replaceAll(/\W/g, '-'));
        if (build) await execa('sh', ['-c', build(output)]);
        const [program, ...args] = command(output);
        for (const setting of settings) {
          const target = [`${served.uri}${setting}`, 'app', 'users'];
          const { stdout } = await execa(program!, [...args, ...target], { cwd: root });
          const { ids, collections, databases, ...seen } = JSON.parse(stdout) as Record<string, unknown[]>;
          expect(new Set(ids).size, setting).toBe(1498);
          expect(seen, setting).toMatchObject({ one: 43, count: 6, aggregated: 6, withOptions: [6, 6] });
          expect(seen, setting).toMatchObject({ out: 20, insert: 20, ...(stable ? { stable: 6 } : {}) });
          expect(collections, setting).toContain('adults');
          expect(databases, setting).toContain('données');
        }
      },
    );
  },
);

it('mongosh reads whatever its settings add, and is refused writes', async () => {
  const mongosh = path.join(root, 'node_modules/mongosh/bin/mongosh.js');
  const script = `
    const few = { _id: { $lte: 5 } };
    const options = { comment: 'few', hint: '_id_', maxTimeMS: 60000 };
    const refusal = (write) => { try { write(); return 'done'; } catch (e) { return (e.originalError ?? e).code; } };
    const mongo = db.getMongo();
    const session = mongo.startSession({ causalConsistency: true });
    const inSession = session.getDatabase('app').users.find(few).toArray().length;
    session.endSession();
    mongo.setReadPref('secondary');
    mongo.setReadConcern('local');
    mongo.setWriteConcern('majority');
    print(EJSON.stringify([
      db.users.find(few, null, options).toArray().length,
      db.users.aggregate([{ $match: few }], options).toArray().length,
      db.users.countDocuments(few), db.users.estimatedDocumentCount(), db.users.distinct('_id', few).length,
      db.users.explain().aggregate([{ $match: few }], options).ok, inSession,
      refusal(() => db.users.aggregate([{ $out: 'new' }])),
      refusal(() => db.users.aggregate([{ $merge: { into: 'new' } }], { writeConcern: { w: 'majority' } })),
      refusal(() => db.users.insertOne({})),
    ]));`;
  for (const setting of settings) {
    const uri = served.uri.replace(/\/$/, `/app${setting}`);
    const args = [mongosh, uri, '--quiet', '--norc', '--eval', script];
    const { stdout } = await execa(process.execPath, args, { env: isolatedEnv(), extendEnv: false });
    expect(JSON.parse(stdout), setting).toEqual([6, 6, 6, 1498, 6, 1, 6, 20, 20, 20]);
  }
  const args = [mongosh, served.uri, '--quiet', '--norc', '--apiVersion=1', '--apiStrict'];
  const count = ['--eval', 'print(db.getSiblingDB("app").users.countDocuments())'];
  const { stdout } = await execa(process.execPath, [...args, ...count], {
    env: isolatedEnv(),
    extendEnv: false,
  });
  expect(stdout).toBe('1498');
});

function whyNot([program, ...args]: string[], install: string): string | undefined {
  try {
    execFileSync(program!, args, { stdio: 'ignore' });
    return undefined;
  } catch {
    return `install it by \`apt-get install ${install}\``;
  }
}
