import { randomBytes } from 'node:crypto';
import { numberOf, stringOf } from '../bson/access.ts';
import { BsonType } from '../bson/types.ts';
import { DocumentBuilder } from '../bson/builder.ts';
import { documentOf, field } from '../bson/value.ts';
import type { Authentication } from './authentication.ts';
import { currentOpCursor, writeCurrentOpCursor } from './current-op.ts';
import { writeHello } from './hello.ts';
import { operationFilter } from './operation-filter.ts';
import type { Operations } from './operations.ts';
import { adminOnly, okReply, Refusal } from './replies.ts';
import { startSession } from './sessions.ts';

/** What the gateway's own commands know of the connection that they came on. */
export interface ClientState {
  connectionId: number;
  /** The client's address, or its socket's path. */
  client: string;
  authentication: Authentication;
  operations: Operations;
  /** Throws gatewayFull if the gateway has enough connections to answer. */
  takePlace: () => void;
  /** Set by a write in the old protocol, which has no reply: getLastError tells of it. */
  lastError: string | undefined;
}

type LocalCommand = (
  state: ClientState,
  command: Buffer,
  db: string,
  name: string,
) => Buffer | Promise<Buffer>;

/** Commands that concern the connection or the gateway and never reach an engine. */
const commands: Record<string, LocalCommand> = {
  hello,
  isMaster: hello,
  ismaster: hello,
  ping: () => okReply(),
  saslStart: (state, command) => state.authentication.start(command),
  saslContinue: (state, command) => state.authentication.continue(command),
  logout: (state) => {
    state.authentication.logout();
    return okReply();
  },
  authenticate: () => {
    throw new Refusal(17, 'ProtocolError', 'field missing/wrong type in received authenticate command');
  },
  getnonce: () => okReply((reply) => reply.string('nonce', randomBytes(8).toString('hex'))),
  whatsmyuri: (state) => okReply((reply) => reply.string('you', state.client)),
  connectionStatus,
  currentOp,
  [currentOpCursor]: async (state, command) => {
    const matches = await operationFilter(documentOf(command));
    return okReply((reply) => writeCurrentOpCursor(reply, state.operations.describe(matches)));
  },
  killOp,
  startSession,
  refreshSessions: () => okReply(),
  endSessions: () => okReply(),
  getLastError,
  getlasterror: getLastError,
  getPrevError,
  getpreverror: getPrevError,
  resetError,
  reseterror: resetError,
};

/** What a client may say before it has authenticated. */
const open: ReadonlySet<string> = new Set([
  ...['hello', 'isMaster', 'ismaster', 'ping', 'saslStart', 'saslContinue', 'logout', 'authenticate'],
  ...['getnonce', 'whatsmyuri', 'connectionStatus'],
]);

/** What a connection may say without a place: drivers have one that only greets, and authenticate before they ask. */
const greetings: ReadonlySet<string> = new Set([
  ...['hello', 'isMaster', 'ismaster', 'saslStart', 'saslContinue', 'logout', 'endSessions'],
]);

/** Throws gatewayFull for a command of a connection that would be one too many. */
export function checkPlace(state: ClientState, name: string): void {
  if (!greetings.has(name)) state.takePlace();
}

/** Whether the gateway answers commands of that name itself. */
export function isLocal(name: string): boolean {
  return Object.hasOwn(commands, name);
}

/** Throws a Refusal (13) if the connection must authenticate first. */
export function checkAuthenticated(state: ClientState, db: string, name: string): void {
  if (state.authentication.passed || open.has(name)) return;
  throw new Refusal(13, 'Unauthorized', `not authorized on ${db} to execute command ${name}`);
}

/** Answers a command for which `isLocal` holds. Throws a Refusal. */
export async function runLocal(
  state: ClientState,
  command: Buffer,
  db: string,
  name: string,
): Promise<Buffer> {
  const run = commands[name];
  if (!run) throw new Error(`${name} is not answered here`);
  return run(state, command, db, name);
}

function hello(state: ClientState, command: Buffer, _db: string, name: string): Buffer {
  const asked = field(documentOf(command), 'saslSupportedMechs') !== undefined;
  return okReply((reply) =>
    writeHello(reply, {
      name,
      connectionId: state.connectionId,
      mechanisms: asked ? state.authentication.mechanisms : undefined,
    }),
  );
}

function connectionStatus(state: ClientState, command: Buffer): Buffer {
  const { user } = state.authentication;
  const privileges = field(documentOf(command), 'showPrivileges') !== undefined;
  return okReply((reply) => {
    reply.openDocument('authInfo').openArray('authenticatedUsers');
    if (user !== undefined) reply.pushDocument().string('user', user).string('db', 'admin').close();
    reply.close().openArray('authenticatedUserRoles');
    if (user !== undefined)
      reply.pushDocument().string('role', 'readAnyDatabase').string('db', 'admin').close();
    reply.close();
    if (privileges) reply.openArray('authenticatedUserPrivileges').close();
    reply.close();
  });
}

async function currentOp(state: ClientState, command: Buffer, db: string, name: string): Promise<Buffer> {
  if (db !== 'admin') throw adminOnly(name);
  const matches = await operationFilter(documentOf(command));
  return okReply((reply) => reply.append('inprog', state.operations.describe(matches)));
}

function killOp(state: ClientState, command: Buffer, db: string, name: string): Buffer {
  if (db !== 'admin') throw adminOnly(name);
  const id = numberOf(field(documentOf(command), 'op'));
  if (id === undefined) throw new Refusal(4, 'NoSuchKey', 'Did not provide "op" field');
  state.operations.kill(id);
  return okReply((reply) => reply.string('info', 'attempting to kill op'));
}

function getLastError(state: ClientState): Buffer {
  const { lastError } = state;
  return okReply((reply) => {
    reply.int('connectionId', state.connectionId).int('n', 0).int('syncMillis', 0).null('writtenTo');
    if (lastError === undefined) reply.null('err');
    else reply.string('err', lastError).int('code', 20).string('codeName', 'IllegalOperation');
  });
}

function getPrevError(state: ClientState): Buffer {
  const { lastError } = state;
  return okReply((reply: DocumentBuilder) => {
    if (lastError === undefined) reply.null('err').int('n', 0).int('nPrev', -1);
    else reply.string('err', lastError).int('code', 20).int('n', 0).int('nPrev', 1);
  });
}

function resetError(state: ClientState): Buffer {
  state.lastError = undefined;
  return okReply();
}

/** A field that must be a string: `$db`. */
export function stringField(document: Buffer, name: string): string | undefined {
  const value = field(documentOf(document), name);
  return value?.type === BsonType.string ? stringOf(value) : undefined;
}
