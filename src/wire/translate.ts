import { DocumentBuilder } from '../bson/builder.ts';
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

/** Fields that drivers add to single commands and that 3.4 and older reject; leaving them out changes no answer. */
const unknownToOld: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['find', new Set(['allowDiskUse'])],
  ['aggregate', new Set(['comment', 'hint'])],
  // Only a cursor that waits for data takes maxTimeMS there; without it such a cursor waits one second.
  ['getMore', new Set(['comment', 'maxTimeMS'])],
]);

/** The command without the fields of the transport. */
export function withoutTransport(command: Buffer): Buffer {
  return withoutFields(command, (name) => transportFields.has(name));
}

/**
 * A current driver's command as a server of 3.2 or 3.4 takes it: without transport fields and what else it rejects.
 * `hello` goes by its old name and alone: a second isMaster with client metadata fails (186), and compression and
 * speculative authentication are not for this connection.
 */
export function forOldServer(command: Buffer): Buffer {
  const name = firstFieldName(command) ?? '';
  if (isHello(name)) return new DocumentBuilder().int('isMaster', 1).finish().slice();
  const rejected = unknownToOld.get(name);
  return withoutFields(command, (key) => transportFields.has(key) || (rejected?.has(key) ?? false));
}

/** Whether a command of that name asks the server for its greeting. */
export function isHello(name: string): boolean {
  return name === 'hello' || name === 'isMaster' || name === 'ismaster';
}
