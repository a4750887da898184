import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { type Address, describeAddress } from '../wire/address.ts';
import { WireConnection } from '../wire/connection.ts';
import { firstFieldName } from '../wire/documents.ts';
import type { Message } from '../wire/message.ts';
import { writeMsg } from '../wire/op-msg.ts';
import { writeReply } from '../wire/op-reply.ts';
import { ReplyFlag } from '../wire/opcodes.ts';
import { protocolError } from '../wire/protocol-error.ts';
import { forOldServer, isHello, withoutTransport } from '../wire/translate.ts';
import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { bridgedHello, upstreamHello } from './bridge-hello.ts';
import { ClientConnection } from './client-connection.ts';
import { checkCommandLimit, unwrapCommand } from './legacy-find.ts';
import { defaultLimits } from './limits.ts';
import { listen, type ListenOn } from './listen.ts';
import { stringField } from './local-commands.ts';
import { PendingBytes } from './pending-bytes.ts';

export interface BridgeOptions {
  /** The live mongod, with TLS settings where it wants TLS. */
  upstream: Address;
  /** As a rule a Unix socket in a private directory. */
  listen: ListenOn;
}

/** A running bridge. */
export interface Bridge {
  /** For MongoClient: `directConnection` and the user's credentials are added by the caller. */
  readonly uri: string;
  close(): Promise<void>;
}

/**
 * Lets the current driver talk to a live mongod from 3.2 on, which is too old for it: speaks the new protocol to the
 * client and the old one to the server, a connection for a connection, so that authentication passes through unseen.
 * No policy: it is for mongoq's own use on the user's server. Throws gatewayListen; and operationMongod if the server
 * cannot be reached now.
 */
export async function startBridge({ upstream, listen: where }: BridgeOptions): Promise<Bridge> {
  (await connect(upstream)).close();
  const clients = new Set<ClientConnection>();
  const pending = new PendingBytes(defaultLimits.pendingBytes);
  const admit = (socket: Socket): void => {
    const server = connect(upstream);
    let replies = 1;
    const client = new ClientConnection({
      socket,
      limits: defaultLimits,
      pending,
      answer: async (message) => ({ parts: await answer(await server, replies++ & 0x7fffffff, message) }),
      onClose: () => {
        clients.delete(client);
        void server.then(
          (connection) => connection.close(),
          () => undefined,
        );
      },
    });
    clients.add(client);
    server.catch(() => client.close());
  };
  const { server, uri } = await listen(where, undefined, admit);
  return {
    uri,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of clients) client.close();
      await closed;
      if ('socketPath' in where) await rm(where.socketPath, { force: true });
    },
  };
}

async function connect(upstream: Address): Promise<WireConnection> {
  try {
    return await WireConnection.open(upstream);
  } catch (error) {
    const message = `cannot connect to mongod at ${describeAddress(upstream)}: ${messageOf(error)}`;
    throw new MongoqError(ErrorCode.operationMongod, message, { cause: error });
  }
}

async function answer(server: WireConnection, requestId: number, message: Message): Promise<Buffer[]> {
  if (message.op === 'msg') {
    const db = stringField(message.body, '$db');
    if (db === undefined) throw protocolError('OP_MSG without $db');
    const reply = await forward(server, db, message.body);
    return message.moreToCome ? [] : writeMsg(requestId, message.requestId, reply);
  }
  if (message.op !== 'query' || !message.namespace.endsWith('.$cmd')) {
    throw protocolError('only commands pass the bridge');
  }
  checkCommandLimit(message.limit);
  const db = message.namespace.slice(0, -'.$cmd'.length);
  const reply = await forward(server, db, unwrapCommand(message.query));
  return writeReply(requestId, message.requestId, [reply], { flags: ReplyFlag.awaitCapable });
}

async function forward(server: WireConnection, db: string, command: Buffer): Promise<Buffer> {
  const name = firstFieldName(command) ?? '';
  if (isHello(name)) {
    const reply = await server.command(db, upstreamHello(command, server.maxWireVersion));
    return bridgedHello(reply, command, server.maxWireVersion);
  }
  return server.command(db, server.speaksMsg ? withoutTransport(command) : forOldServer(command));
}
