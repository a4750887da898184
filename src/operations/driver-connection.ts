import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient, type MongoClientOptions, type MongoOptions } from 'mongodb';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf, MongoqError } from '../base/errors.ts';
import { Lifetime } from '../base/lifetime.ts';
import { startBridge, type BridgeOptions } from '../gateway/bridge.ts';
import { answerMs, type ReplicaAddress } from './connection.ts';
import type { ReplicaConnection } from './replica.ts';

/**
 * Connects to a mongod, 3.2 or later, with the current driver over the bridge that speaks the old protocol. Throws usage
 * for an address that cannot be read, operationMongod if the server cannot be reached or refuses the credentials.
 */
export async function connectByDriver(address: ReplicaAddress): Promise<ReplicaConnection> {
  const options = parseAddress(address);
  const lifetime = new Lifetime();
  try {
    const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-'));
    lifetime.defer(directory, () => rm(directory, { recursive: true, force: true }));
    const bridge = await startBridge({
      upstream: await upstreamOf(options),
      // The driver knows a socket by this ending.
      listen: { socketPath: path.join(directory, 'mongod.sock') },
    });
    lifetime.defer('the bridge to mongod', () => bridge.close());
    const client = new MongoClient(bridge.uri, {
      ...credentialsOf(options),
      directConnection: true,
      serverSelectionTimeoutMS: answerMs,
    });
    lifetime.defer('the connection to mongod', () => client.close());
    await client.db('admin').command({ ping: 1 });
    return {
      command: (db, command) => client.db(db).command(command),
      close: async () => {
        await lifetime.close();
      },
    };
  } catch (error) {
    await lifetime.close();
    if (isMongoqError(error)) throw error;
    throw new MongoqError(ErrorCode.operationMongod, `mongod does not let us in: ${messageOf(error)}`, {
      hint: 'check the user, the password and the authentication database',
      cause: error,
    });
  }
}

/** The driver's own reading of the URI; nothing is connected. */
function parseAddress(address: ReplicaAddress): MongoOptions {
  const { host = 'localhost', port = 27017, username, password } = address;
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const uri = address.uri ?? `mongodb://${named}:${port}/`;
  const options: MongoClientOptions =
    username === undefined ? {} : { auth: { username, password: password ?? '' } };
  try {
    if (uri.startsWith('mongodb+srv:')) throw new Error('give the address of the one mongod on this host');
    const parsed = new MongoClient(uri, options).options;
    if (parsed.hosts.length !== 1) throw new Error('give the address of the one mongod on this host');
    return parsed;
  } catch (error) {
    throw new MongoqError(ErrorCode.usage, `the address of the mongod cannot be used: ${messageOf(error)}`);
  }
}

async function upstreamOf(options: MongoOptions): Promise<BridgeOptions['upstream']> {
  const [address] = options.hosts;
  if (address?.socketPath !== undefined) return { socketPath: address.socketPath };
  const { host = 'localhost', port = 27017 } = address ?? {};
  if (!options.tls) return { host, port };
  const read = async (file: string | undefined): Promise<Buffer | undefined> =>
    file === undefined ? undefined : readFile(file);
  const pair = await read(options.tlsCertificateKeyFile);
  const ca = (await read(options.tlsCAFile)) ?? options.ca;
  return {
    host,
    port,
    tls: {
      ...(ca && { ca }),
      ...(pair && { cert: pair, key: pair }),
      ...(options.passphrase !== undefined && { passphrase: options.passphrase }),
      rejectUnauthorized: options.rejectUnauthorized !== false,
      ...(options.checkServerIdentity && { checkServerIdentity: options.checkServerIdentity }),
    },
  };
}

function credentialsOf({ credentials }: MongoOptions): MongoClientOptions {
  if (!credentials) return {};
  const { username, password, source, mechanism } = credentials;
  return {
    auth: { username, password },
    authSource: source,
    ...(mechanism !== 'DEFAULT' && { authMechanism: mechanism }),
  };
}
