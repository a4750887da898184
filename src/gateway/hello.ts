import { DocumentBuilder } from '../bson/builder.ts';
import { dateValue, stringValue } from '../bson/make.ts';
import { maxDocumentSize, maxMessageSize } from '../wire/opcodes.ts';
import { sessionMinutes } from './sessions.ts';

/**
 * What the gateway says it speaks. 9 (server 4.4) is the least that current drivers accept; from 12 on some of them
 * count with a $collStats stage that MongoDB 3.4 does not have. Old clients only look at the minimum.
 */
const wireVersion = { min: 0, max: 9 };

export interface HelloOptions {
  /** The command's name, which decides how the reply calls its main field. */
  name: string;
  connectionId: number;
  /** Mechanisms, when the client asked which its user may use. */
  mechanisms?: readonly string[] | undefined;
}

/**
 * The fields of the reply to hello and its older spellings: a standalone, read-only server, so that drivers do not retry
 * writes and never look for other members; with sessions, as without them drivers refuse programs that open one.
 */
export function writeHello(reply: DocumentBuilder, options: HelloOptions): void {
  reply
    .bool(options.name === 'hello' ? 'isWritablePrimary' : 'ismaster', true)
    .bool('helloOk', true)
    .int('maxBsonObjectSize', maxDocumentSize)
    .int('maxMessageSizeBytes', maxMessageSize)
    .int('maxWriteBatchSize', 1000)
    .append('localTime', dateValue(BigInt(Date.now())))
    .int('logicalSessionTimeoutMinutes', sessionMinutes)
    .int('connectionId', options.connectionId)
    .int('minWireVersion', wireVersion.min)
    .int('maxWireVersion', wireVersion.max)
    .bool('readOnly', true);
  if (!options.mechanisms) return;
  reply.openArray('saslSupportedMechs');
  for (const mechanism of options.mechanisms) reply.push(stringValue(mechanism));
  reply.close();
}
