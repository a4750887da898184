import { numberOf, stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, field, items, type Value } from '../../../bson/value.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { firstValue } from '../options/collection-name.ts';
import { newReply } from '../reply.ts';
import { scanRecords } from '../scan/record-scan.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { CommandContext, Handler } from './command.ts';

/** usersInfo: the users of the backup, without their credentials. */
const usersInfo: Handler = async (context) => {
  const wanted = wantedNames(firstValue(context.command), context.db);
  const reply = newReply(1024).openArray('users');
  for await (const user of systemDocuments(context, 'system.users')) {
    if (!wanted(textAt(user, 'user'), textAt(user, 'db'))) continue;
    const shown = new DocumentBuilder();
    for (const { name, value } of elements(user)) if (name !== 'credentials') shown.append(name, value);
    reply.push(shown.finish());
  }
  return reply.close();
};

/** rolesInfo: the roles that were made in the backup, and of those that every server has the ones that are named. */
const rolesInfo: Handler = async (context) => {
  const { command, db } = context;
  const asked = firstValue(command);
  const wanted = wantedNames(asked, db);
  const reply = newReply(1024).openArray('roles');
  for (const [role, of] of namedIn(asked, db)) {
    if (isBuiltIn(role, of)) reply.push(builtInRole(role, of));
  }
  for await (const role of systemDocuments(context, 'system.roles')) {
    if (wanted(textAt(role, 'role'), textAt(role, 'db'))) reply.push(role);
  }
  return reply.close();
};

const rolesOfDatabases = ['read', 'readWrite', 'userAdmin', 'dbAdmin', 'dbOwner', 'enableSharding'];

const rolesOfAdmin = [
  ...['readAnyDatabase', 'readWriteAnyDatabase', 'userAdminAnyDatabase', 'dbAdminAnyDatabase'],
  ...['clusterMonitor', 'hostManager', 'clusterManager', 'clusterAdmin', 'backup', 'restore', 'root'],
  '__system',
];

function isBuiltIn(role: string, db: string): boolean {
  if (db === '$external') return false;
  return rolesOfDatabases.includes(role) || (db === 'admin' && rolesOfAdmin.includes(role));
}

function builtInRole(role: string, db: string): Value {
  const shown = new DocumentBuilder().string('role', role).string('db', db).bool('isBuiltin', true);
  return shown.openArray('roles').close().openArray('inheritedRoles').close().finish();
}

async function* systemDocuments({ state, signal }: CommandContext, name: string): AsyncGenerator<Value> {
  const prefix = state.catalog.collection('admin', name)?.prefix;
  if (prefix === undefined) return;
  for await (const batch of scanRecords(state.database, prefix, { signal }, newScanCounts())) yield* batch;
}

/** Whether a user or role is asked for: 1 is all of the database. */
function wantedNames(value: Value | undefined, db: string): (name: string, of: string) => boolean {
  if (value === undefined || numberOf(value) !== undefined) return (_name, of) => of === db;
  const named = [...namedIn(value, db)];
  return (name, of) => named.some(([text, given]) => name === text && of === given);
}

/** The names, each with its database, in a name, `{user, db}`, or an array of these. */
function* namedIn(value: Value | undefined, db: string): Generator<[string, string]> {
  if (value?.type === BsonType.string) yield [stringOf(value), db];
  if (value?.isArray() === true) for (const item of items(value)) yield* namedIn(item, db);
  if (value?.isDocument() === true) {
    yield [textAt(value, 'user') || textAt(value, 'role'), textAt(value, 'db') || db];
  }
}

function textAt(document: Value, name: string): string {
  const value = field(document, name);
  return value?.type === BsonType.string ? stringOf(value) : '';
}

export const userCommands = { usersInfo, rolesInfo };
