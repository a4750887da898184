import { randomUUID } from 'node:crypto';
import { binaryValue } from '../bson/make.ts';
import { documentOf, elements } from '../bson/value.ts';
import { okReply, Refusal } from './replies.ts';

/**
 * Logical sessions of MongoDB 3.6 and later. Every read of a backup gives what it gave before, so a session has nothing to
 * remember here: its id is taken from the commands, and its start and end are answered.
 */

/** How long drivers may keep a session without using it, minutes: mongod's own figure. */
export const sessionMinutes = 30;

const uuidSubtype = 4;

/** The reply to startSession: a new id. */
export function startSession(): Buffer {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
  return okReply((reply) =>
    reply
      .openDocument('id')
      .append('id', binaryValue(id, uuidSubtype))
      .close()
      .int('timeoutMinutes', sessionMinutes),
  );
}

/** Throws a Refusal (20) for a command of a transaction, as a server without a replica set does. */
export function refuseTransaction(command: Buffer): void {
  for (const { name } of elements(documentOf(command))) {
    if (name === 'autocommit' || name === 'startTransaction') {
      const message = 'Transaction numbers are only allowed on a replica set member or mongos';
      throw new Refusal(20, 'IllegalOperation', message);
    }
  }
}
