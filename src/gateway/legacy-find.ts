import { boolOf, longOf, numberOf, stringOf } from '../bson/access.ts';
import { DocumentBuilder } from '../bson/builder.ts';
import { BsonType } from '../bson/types.ts';
import { documentOf, elements, field, items, type Value } from '../bson/value.ts';
import { QueryFlag, ReplyFlag } from '../wire/opcodes.ts';
import type { GetMoreMessage } from '../wire/message.ts';
import type { QueryMessage } from '../wire/op-query.ts';
import { writeReply } from '../wire/op-reply.ts';
import { Refusal } from './replies.ts';

/** Clients of before 3.2 find by OP_QUERY and OP_GET_MORE. Here these become the commands of today, and the replies go back. */

/** Modifiers beside `$query`, and the find command's fields for them. */
const modifiers: Record<string, string> = {
  $orderby: 'sort',
  orderby: 'sort',
  $hint: 'hint',
  $min: 'min',
  $max: 'max',
  $maxTimeMS: 'maxTimeMS',
  $maxScan: 'maxScan',
  $returnKey: 'returnKey',
  $showDiskLoc: 'showRecordId',
  $snapshot: 'snapshot',
  $comment: 'comment',
};

/** `db` and the rest of a namespace; undefined without a dot. */
export function splitNamespace(namespace: string): { db: string; collection: string } | undefined {
  const dot = namespace.indexOf('.');
  return dot <= 0 ? undefined : { db: namespace.slice(0, dot), collection: namespace.slice(dot + 1) };
}

/** The find command, or explain of it, that an OP_QUERY on a collection means. */
export function findCommandOf(message: QueryMessage, collection: string): Buffer {
  const query = documentOf(message.query);
  const wrapped = field(query, '$query') ?? field(query, 'query');
  const find = new DocumentBuilder().string('find', collection);
  find.append('filter', wrapped?.isDocument() ? wrapped : query);
  let explain = false;
  if (wrapped?.isDocument()) {
    for (const { name, value } of elements(query)) {
      const option = Object.hasOwn(modifiers, name) ? modifiers[name] : undefined;
      if (option !== undefined) find.append(option, value);
      if (name === '$explain') explain = isTrue(value);
    }
  }
  if (message.projection) find.append('projection', documentOf(message.projection));
  writePaging(find, message);
  const command = find.finish();
  return explain ? new DocumentBuilder().append('explain', command).finish().slice() : command.slice();
}

/** A number of documents below zero, and 1, mean: so many and no cursor. */
function writePaging(find: DocumentBuilder, { flags, skip, limit }: QueryMessage): void {
  if (skip > 0) find.int('skip', skip);
  if (limit < 0 || limit === 1)
    find.int('limit', Math.min(Math.abs(limit), 0x7fffffff)).bool('singleBatch', true);
  else if (limit > 1) find.int('batchSize', limit);
  for (const [bit, name] of [
    [QueryFlag.tailable, 'tailable'],
    [QueryFlag.oplogReplay, 'oplogReplay'],
    [QueryFlag.noCursorTimeout, 'noCursorTimeout'],
    [QueryFlag.awaitData, 'awaitData'],
    [QueryFlag.partial, 'allowPartialResults'],
  ] as const) {
    if ((flags & bit) !== 0) find.bool(name, true);
  }
}

/** The getMore command that an OP_GET_MORE means. */
export function getMoreCommandOf(
  message: Pick<GetMoreMessage, 'cursorId' | 'limit'>,
  collection: string,
): Buffer {
  const command = new DocumentBuilder().long('getMore', message.cursorId).string('collection', collection);
  if (message.limit !== 0) command.int('batchSize', Math.abs(message.limit));
  return command.finish().slice();
}

/** The killCursors command for an OP_KILL_CURSORS, which names no collection: any will do. */
export function killCursorsCommandOf(cursorIds: readonly bigint[]): Buffer {
  const command = new DocumentBuilder().string('killCursors', '$cmd').openArray('cursors');
  cursorIds.forEach((id, index) => command.long(String(index), id));
  return command.close().finish().slice();
}

/** The OP_REPLY for the reply to one of these commands. */
export function legacyReply(requestId: number, responseTo: number, reply: Buffer): Buffer[] {
  const document = documentOf(reply);
  if (numberOf(field(document, 'ok')) !== 1) return legacyFailure(requestId, responseTo, document);
  const cursor = field(document, 'cursor');
  if (!cursor?.isDocument())
    return writeReply(requestId, responseTo, [reply], { flags: ReplyFlag.awaitCapable });
  const id = field(cursor, 'id');
  const batch = field(cursor, 'firstBatch') ?? field(cursor, 'nextBatch');
  return writeReply(
    requestId,
    responseTo,
    batch?.isArray() ? [...items(batch)].map((item) => item.slice()) : [],
    {
      flags: ReplyFlag.awaitCapable,
      cursorId: id?.type === BsonType.long ? longOf(id) : 0n,
    },
  );
}

/** A failed query: `$err` and its code in a document, or for a cursor that is gone the flag alone. */
function legacyFailure(requestId: number, responseTo: number, reply: Value): Buffer[] {
  const code = numberOf(field(reply, 'code')) ?? 0;
  if (code === 43) return writeReply(requestId, responseTo, [], { flags: ReplyFlag.cursorNotFound });
  const message = textOf(field(reply, 'errmsg'));
  const codeName = textOf(field(reply, 'codeName'));
  // In the old protocol mongod has one code for every query that it cannot parse.
  if (unparsable.has(code)) {
    return queryFailure(requestId, responseTo, 17287, `Can't canonicalize query: ${codeName}: ${message}`);
  }
  return queryFailure(requestId, responseTo, code, message);
}

/** BadValue and FailedToParse. */
const unparsable: ReadonlySet<number> = new Set([2, 9]);

function textOf(value: Value | undefined): string {
  return value?.type === BsonType.string ? stringOf(value) : '';
}

/** The OP_REPLY of a query that failed. */
export function queryFailure(requestId: number, responseTo: number, code: number, message: string): Buffer[] {
  const document = new DocumentBuilder().string('$err', message).int('code', code).finish().slice();
  return writeReply(requestId, responseTo, [document], { flags: ReplyFlag.queryFailure });
}

/** The command inside of `{$query: {...}, $readPreference: ...}`, in which old drivers wrap it. */
export function unwrapCommand(query: Buffer): Buffer {
  for (const { name, value } of elements(documentOf(query))) {
    return (name === '$query' || name === 'query') && value.isDocument() ? value.slice() : query;
  }
  return query;
}

const pseudoCommands: ReadonlyMap<string, string> = new Map([
  ['$cmd.sys.inprog', 'currentOp'],
  ['$cmd.sys.killop', 'killOp'],
]);

/** Queries on such collections, of clients before 3.2, as the commands that replaced them. */
export function pseudoCommandOf(collection: string, query: Buffer): Buffer | undefined {
  const name = pseudoCommands.get(collection);
  if (name === undefined) return undefined;
  const command = new DocumentBuilder().int(name, 1);
  for (const { name: key, value } of elements(documentOf(query))) command.append(key, value);
  return command.finish().slice();
}

/** Throws a Refusal unless an OP_QUERY asks for a command with 1 or -1 as the number of documents, as mongod does. */
export function checkCommandLimit(limit: number): void {
  if (limit === 1 || limit === -1) return;
  const message = `bad numberToReturn (${limit}) for $cmd type ns - can only be 1 or -1`;
  throw new Refusal(16979, 'Location16979', message);
}

function isTrue(value: Value): boolean {
  return value.type === BsonType.bool ? boolOf(value) : (numberOf(value) ?? 0) !== 0;
}
