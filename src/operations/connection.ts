import { deserialize, serialize } from 'bson';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { describeAddress } from '../wire/address.ts';
import { WireConnection } from '../wire/connection.ts';
import type { ReplicaConnection } from './replica.ts';

/** Which mongod to back up. A URI stands for all the rest. */
export interface ReplicaAddress {
  /** mongodb://, one host; credentials and TLS options as drivers take them. */
  uri?: string | undefined;
  /** Default localhost. */
  host?: string | undefined;
  /** Default 27017. */
  port?: number | undefined;
  username?: string | undefined;
  password?: string | undefined;
}

/** How long the mongod may take to answer at all, milliseconds. */
export const answerMs = 15_000;

/**
 * Connects to a mongod, 3.2 or later. Throws usage for an address that cannot be read, operationMongod if the server
 * cannot be reached or refuses the credentials.
 */
export async function connectReplica(address: ReplicaAddress = {}): Promise<ReplicaConnection> {
  if (address.uri === undefined && address.username === undefined) return connectDirectly(address);
  // URIs, TLS and authentication are the driver's; it takes as long to load as all the rest of a start.
  return (await import('./driver-connection.ts')).connectByDriver(address);
}

async function connectDirectly({
  host = 'localhost',
  port = 27017,
}: ReplicaAddress): Promise<ReplicaConnection> {
  const address = { host: host.replace(/^\[|\]$/g, ''), port };
  const connection = await WireConnection.open(address, AbortSignal.timeout(answerMs)).catch(
    (error: unknown) => {
      const message = `cannot connect to mongod at ${describeAddress(address)}: ${messageOf(error)}`;
      throw new MongoqError(ErrorCode.operationMongod, message, { cause: error });
    },
  );
  return {
    command: async (db, command) => {
      const reply = deserialize(await connection.command(db, Buffer.from(serialize(command))));
      if (reply['ok'] !== 1) throw new Error(String(reply['errmsg'] ?? 'it answered without a reason'));
      return reply;
    },
    close: () => {
      connection.close();
      return Promise.resolve();
    },
  };
}
