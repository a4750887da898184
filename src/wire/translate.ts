import { stringOf } from '../bson/access.ts';
import { DocumentBuilder } from '../bson/builder.ts';
import { BsonType } from '../bson/types.ts';
import { documentOf, elements, type Value } from '../bson/value.ts';
import { firstFieldName, withoutFields } from './documents.ts';

/**
 * Fields that belong to the transport of newer protocols: no command of any server reads them as its arguments, and
 * servers older than 3.6 reject most of them (FailedToParse).
 */
const transportFields = new Set([
  '$db',
  'lsid',
  'txnNumber',
  '$clusterTime',
  '$readPreference',
  '$configServerState',
  '$audit',
  '$client',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'maxTimeMSOpOnly',
]);

type FieldsByCommand = ReadonlyMap<string, ReadonlySet<string>>;

/** Fields of 4.4 and later, which no server with MongoRocks knows; leaving them out changes no answer. */
const laterThanMongoRocks: FieldsByCommand = new Map([
  ['find', new Set(['allowDiskUse'])],
  ['getMore', new Set(['comment'])],
]);

/** The same, of 3.6 and later. */
const laterThan34: FieldsByCommand = new Map([['aggregate', new Set(['comment', 'hint'])]]);

/** Only a cursor that waits for data takes maxTimeMS there; without it such a cursor waits one second. */
const refusedBy34: FieldsByCommand = new Map([['getMore', new Set(['maxTimeMS'])]]);

/** The command without the fields of the transport. */
export function withoutTransport(command: Buffer): Buffer {
  return withoutFields(command, (name) => transportFields.has(name));
}

/**
 * A current client's command for a server with MongoRocks of `version` ("3.4.10"): without the fields of the transport
 * and what that version does not know.
 */
export function forServer(command: Buffer, version: string): Buffer {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const tables = major * 100 + minor < 306 ? [laterThanMongoRocks, laterThan34] : [laterThanMongoRocks];
  return withoutListed(command, tables);
}

/**
 * A current driver's command as a server of 3.2 or 3.4 takes it: without transport fields and what else it rejects.
 * `hello` goes by its old name and alone: a second isMaster with client metadata fails (186), and compression and
 * speculative authentication are not for this connection.
 */
export function forOldServer(command: Buffer): Buffer {
  const name = firstFieldName(command) ?? '';
  if (isHello(name)) return new DocumentBuilder().int('isMaster', 1).finish().slice();
  return withoutListed(command, [laterThanMongoRocks, laterThan34, refusedBy34]);
}

/**
 * A command without the read concern `available`, which 3.4 does not know yet and a server without shards fulfils as it is
 * (https://www.mongodb.com/docs/manual/reference/read-concern-available/). Other concerns are as old as 3.4, and answered
 * as it does.
 */
export function withoutLaterConcern(command: Buffer): Buffer {
  const isLater = (name: string, value: Value): boolean => name === 'readConcern' && isAvailable(value);
  return insideOfExplain(withoutFields(command, isLater), (inner) => withoutFields(inner, isLater));
}

function isAvailable(concern: Value): boolean {
  if (!concern.isDocument()) return false;
  const fields = [...elements(concern)];
  return (
    fields.length === 1 &&
    fields.every(
      ({ name, value }) =>
        name === 'level' && value.type === BsonType.string && stringOf(value) === 'available',
    )
  );
}

function withoutListed(command: Buffer, tables: readonly FieldsByCommand[]): Buffer {
  const strip = (one: Buffer): Buffer => {
    const plain = withoutTransport(one);
    const name = firstFieldName(plain) ?? '';
    const listed = tables.flatMap((table) => [...(table.get(name) ?? [])]);
    return listed.length === 0 ? plain : withoutFields(plain, (key) => listed.includes(key));
  };
  return insideOfExplain(strip(command), strip);
}

/** An explain command with the command inside of it changed (an explain of an explain is refused anyway); any other as it is. */
function insideOfExplain(command: Buffer, change: (inner: Buffer) => Buffer): Buffer {
  if (firstFieldName(command) !== 'explain') return command;
  const explain = new DocumentBuilder(command.length);
  for (const { name, value } of elements(documentOf(command))) {
    const inner = name === 'explain' && value.isDocument();
    explain.append(name, inner ? documentOf(change(value.slice())) : value);
  }
  return explain.finish().slice();
}

/** Whether a command of that name asks the server for its greeting. */
export function isHello(name: string): boolean {
  return name === 'hello' || name === 'isMaster' || name === 'ismaster';
}
