import { stringOf } from '../../../bson/access.ts';
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

/** rolesInfo: the roles that were made in the backup; built-in ones are not listed. */
const rolesInfo: Handler = async (context) => {
  const wanted = wantedNames(firstValue(context.command), context.db);
  const reply = newReply(1024).openArray('roles');
  for await (const role of systemDocuments(context, 'system.roles')) {
    if (wanted(textAt(role, 'role'), textAt(role, 'db'))) reply.push(role);
  }
  return reply.close();
};

async function* systemDocuments({ state, signal }: CommandContext, name: string): AsyncGenerator<Value> {
  const prefix = state.catalog.collection('admin', name)?.prefix;
  if (prefix === undefined) return;
  for await (const batch of scanRecords(state.database, prefix, { signal }, newScanCounts())) yield* batch;
}

/** 1 is all of the database; a name, `{user, db}`, or an array of these. */
function wantedNames(value: Value | undefined, db: string): (name: string, of: string) => boolean {
  if (value?.type === BsonType.string) {
    const text = stringOf(value);
    return (name, of) => name === text && of === db;
  }
  if (value?.isArray() === true) {
    const tests = [...items(value)].map((item) => wantedNames(item, db));
    return (name, of) => tests.some((test) => test(name, of));
  }
  if (value?.isDocument() === true) {
    const text = textAt(value, 'user') || textAt(value, 'role');
    const given = textAt(value, 'db') || db;
    return (name, of) => name === text && of === given;
  }
  return (_name, of) => of === db;
}

function textAt(document: Value, name: string): string {
  const value = field(document, name);
  return value?.type === BsonType.string ? stringOf(value) : '';
}

export const userCommands = { usersInfo, rolesInfo };
