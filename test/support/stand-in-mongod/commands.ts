import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Binary, type Document, Long } from 'bson';
import type { Engine } from '../../../src/engine/engine.ts';
import { makeCredential, parseClientFirst, ScramExchange } from '../../../src/gateway/scram.ts';
import { writeCommands } from '../../../src/gateway/command-names.ts';
import { makeCheckpoint } from './checkpoint.ts';
import type { Options } from './options.ts';
import type { Answer, Connection } from './server.ts';
import { unknownField } from './strict-fields.ts';

/** With --auth the one user is named by the environment, as USER:PASSWORD. */
const [userName = '', password = ''] = (process.env['STAND_IN_MONGOD_USER'] ?? '').split(':');

const open = new Set([
  'isMaster',
  'ismaster',
  'ping',
  'buildInfo',
  'buildinfo',
  'saslStart',
  'saslContinue',
  'getLastError',
  'logout',
]);

/** Answers commands as mongod 3.4.10 does: the server's own here, reads by the engine. */
export function makeAnswer(
  options: Options,
  engine: Engine | undefined,
  connections: Set<Connection>,
): Answer {
  let nextOp = 1;
  return async (connection, db, bytes, command) => {
    const name = Object.keys(command)[0] ?? '';
    if (options.auth && connection.user === undefined && !open.has(name)) {
      return {
        ok: 0,
        errmsg: `not authorized on ${db} to execute command ${name}`,
        code: 13,
        codeName: 'Unauthorized',
      };
    }
    const abort = new AbortController();
    connection.running = { opid: nextOp++, ns: `${db}.${String(command[name])}`, abort };
    try {
      if (name === 'sleep') return await sleep(Number(command['millis']), abort.signal);
      const own = await ownCommand(options, connection, connections, db, name, command);
      if (own) return own;
      if (!engine)
        return { ok: 0, errmsg: `no such command: '${name}'`, code: 59, codeName: 'CommandNotFound' };
      return await engine.run({ db, command: bytes, signal: abort.signal });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      return { ok: 0, errmsg: 'operation was interrupted', code: 11601, codeName: 'Interrupted' };
    } finally {
      connection.running = undefined;
    }
  };
}

async function ownCommand(
  options: Options,
  connection: Connection,
  connections: Set<Connection>,
  db: string,
  name: string,
  command: Document,
): Promise<Document | undefined> {
  switch (name) {
    case 'isMaster':
    case 'ismaster':
      return isMaster(connection, command, options.queryable);
    case 'ping':
      return { ok: 1 };
    case 'getLastError':
      return { connectionId: connection.id, n: 0, syncMillis: 0, writtenTo: null, err: null, ok: 1 };
    case 'getCmdLineOpts':
      return { argv: ['mongod', ...options.argv], parsed: { storage: { dbPath: options.dbPath } }, ok: 1 };
    case 'currentOp':
      return { inprog: inProgress(connections, command), ok: 1 };
    case 'killOp':
      for (const { running } of connections)
        if (running?.opid === Number(command['op'])) running.abort.abort();
      return { info: 'attempting to kill op', ok: 1 };
    case 'saslStart':
    case 'saslContinue':
      return sasl(connection, name, command);
    case 'setParameter':
      return setParameter(options, db, command);
    case 'shutdown':
      process.exit(0);
  }
  if (writeCommands.has(name) && options.queryable) {
    return {
      ok: 0,
      errmsg: 'Cannot execute a write operation in read-only mode',
      code: 20,
      codeName: 'IllegalOperation',
    };
  }
  return unknownField(name, command);
}

function isMaster(connection: Connection, command: Document, readOnly: boolean): Document {
  if (command['client'] !== undefined && connection.greeted) {
    const errmsg = 'The client metadata document may only be sent in the first isMaster';
    return { ok: 0, errmsg, code: 186, codeName: 'ClientMetadataCannotBeMutated' };
  }
  connection.greeted = true;
  return {
    ismaster: true,
    maxBsonObjectSize: 16777216,
    maxMessageSizeBytes: 48000000,
    maxWriteBatchSize: 1000,
    localTime: new Date(),
    maxWireVersion: 5,
    minWireVersion: 0,
    readOnly,
    ok: 1,
  };
}

function inProgress(connections: Set<Connection>, { connectionId }: Document): Document[] {
  return [...connections]
    .filter(({ id, running }) => running && (connectionId === undefined || id === Number(connectionId)))
    .map(({ id, running }) => ({ connectionId: id, opid: running?.opid, ns: running?.ns, active: true }));
}

function sasl(connection: Connection, name: string, command: Document): Document {
  const failed = { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' };
  const payload = Buffer.from((command['payload'] as Binary).buffer);
  if (name === 'saslStart') {
    if (command['mechanism'] !== 'SCRAM-SHA-1') {
      const errmsg = `Unsupported mechanism ${String(command['mechanism'])}`;
      return { ok: 0, errmsg, code: 2, codeName: 'BadValue' };
    }
    const first = parseClientFirst(payload);
    if (first?.user !== userName) return failed;
    const exchange = new ScramExchange(makeCredential('SCRAM-SHA-1', userName, password), first);
    connection.sasl = exchange;
    return { conversationId: 1, done: false, payload: new Binary(exchange.challenge), ok: 1 };
  }
  if (connection.sasl instanceof ScramExchange) {
    const proof = connection.sasl.verify(payload);
    if (!proof) return failed;
    connection.sasl = 'proven';
    return { conversationId: 1, done: false, payload: new Binary(proof), ok: 1 };
  }
  if (connection.sasl !== 'proven')
    return { ok: 0, errmsg: 'No SASL session state found', code: 17, codeName: 'ProtocolError' };
  connection.user = userName;
  return { conversationId: 1, done: true, payload: new Binary(Buffer.alloc(0)), ok: 1 };
}

async function setParameter(options: Options, db: string, command: Document): Promise<Document> {
  if (db !== 'admin')
    return {
      ok: 0,
      errmsg: 'setParameter may only be run against the admin database.',
      code: 13,
      codeName: 'Unauthorized',
    };
  const target: unknown = command['rocksdbBackup'];
  if (typeof target !== 'string')
    return { ok: 0, errmsg: 'no option found to set, use help:true to see options ' };
  try {
    await makeCheckpoint(path.join(options.dbPath, 'db'), target);
    return { was: Long.ZERO, ok: 1 };
  } catch (error) {
    return { ok: 0, errmsg: error instanceof Error ? error.message : '', code: 1, codeName: 'InternalError' };
  }
}

/** A test command of mongod's: waits where killOp can reach it. */
async function sleep(millis: number, signal: AbortSignal): Promise<Document> {
  await delay(millis, undefined, { signal });
  return { ok: 1 };
}
