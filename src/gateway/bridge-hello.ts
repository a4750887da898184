import { DocumentBuilder } from '../bson/builder.ts';
import { stringValue } from '../bson/make.ts';
import { documentOf, elements, field } from '../bson/value.ts';
import { numberOf } from '../bson/access.ts';

/** The least that current drivers accept (server 4.4). */
const leastForDrivers = 9;

/** The first wire version whose servers know SCRAM-SHA-256 and say which mechanisms a user has (4.0). */
const firstWithMechanisms = 7;

/**
 * Fields of an old server's greeting that must not reach the driver: with a set's name it would look for the other
 * members past the bridge, with sessions it would send what the bridge takes out.
 */
const hidden: ReadonlySet<string> = new Set([
  ...['setName', 'setVersion', 'hosts', 'passives', 'arbiters', 'primary', 'me', 'electionId', 'lastWrite'],
  ...['logicalSessionTimeoutMinutes', 'topologyVersion', 'compression', '$clusterTime', 'operationTime'],
  ...['maxWireVersion', 'isWritablePrimary', 'helloOk', 'msg', 'saslSupportedMechs'],
]);

/** What to ask the server when the driver greets. Client metadata stays out: a server accepts it once only. */
export function upstreamHello(command: Buffer, maxWireVersion: number): Buffer {
  const asked = field(documentOf(command), 'saslSupportedMechs');
  const hello = new DocumentBuilder().int('isMaster', 1);
  if (asked && maxWireVersion >= firstWithMechanisms) hello.append('saslSupportedMechs', asked);
  return hello.finish().slice();
}

/** The server's greeting as the driver may see it: a standalone server that is just new enough. */
export function bridgedHello(reply: Buffer, command: Buffer, maxWireVersion: number): Buffer {
  const document = documentOf(reply);
  if (numberOf(field(document, 'ok')) !== 1) return reply;
  const hello = new DocumentBuilder();
  for (const { name, value } of elements(document)) {
    if (!hidden.has(name)) hello.append(name, value);
  }
  hello.bool('isWritablePrimary', true).bool('helloOk', true);
  hello.int('maxWireVersion', Math.max(maxWireVersion, leastForDrivers));
  const mechanisms = field(document, 'saslSupportedMechs');
  if (mechanisms) hello.append('saslSupportedMechs', mechanisms);
  else if (field(documentOf(command), 'saslSupportedMechs')) {
    // Older servers have this one only; the driver would take the newer for granted.
    hello.openArray('saslSupportedMechs').push(stringValue('SCRAM-SHA-1')).close();
  }
  return hello.finish().slice();
}
