import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { answer } from './answer.ts';
import { Authentication, Credentials, type GatewayUser } from './authentication.ts';
import { ClientConnection } from './client-connection.ts';
import { defaultLimits, type GatewayLimits } from './limits.ts';
import { isLoopback, listen, type ListenOn } from './listen.ts';
import type { ClientState } from './local-commands.ts';
import { Operations } from './operations.ts';
import { PendingBytes } from './pending-bytes.ts';
import { Places } from './places.ts';

export interface GatewayOptions {
  engine: Engine;
  listen: ListenOn;
  /** With it, clients must authenticate as this user (SCRAM-SHA-256 or -SHA-1). Required beyond loopback. */
  auth?: GatewayUser | undefined;
  tls?: TlsOptions | undefined;
  limits?: Partial<GatewayLimits> | undefined;
}

/** A running gateway. */
export interface Gateway {
  /** For MongoClient; without user and password. */
  readonly uri: string;
  /** How many clients are connected. */
  readonly connections: number;
  /** New commands go to this engine; those that run end on the old one, which the caller closes. */
  setEngine(engine: Engine): void;
  /** Aborts every running operation, as Ctrl-C does for a shell of its own. */
  interrupt(): void;
  /** Aborts what runs, closes every connection, frees the address. The engine stays open: it is the caller's. */
  close(): Promise<void>;
}

/**
 * Serves an engine to MongoDB clients, read-only. Throws gatewayListen if the address cannot be had, or is reachable
 * from other machines while nobody has to authenticate.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  refuseOpenDoor(options);
  const limits = { ...defaultLimits, ...options.limits };
  const credentials = options.auth && new Credentials(options.auth);
  const places = new Places(limits);
  const operations = new Operations();
  const pending = new PendingBytes(limits.pendingBytes);
  let { engine } = options;
  let closing = false;
  let nextConnection = 1;
  let replies = 1;
  const nextId = (): number => replies++ & 0x7fffffff;

  const admit = (socket: Socket): void => {
    // A connection may be accepted in the very moment of closing.
    if (closing) {
      socket.destroy();
      return;
    }
    const state: ClientState = {
      connectionId: nextConnection++,
      client:
        socket.remoteAddress === undefined
          ? 'anonymous unix socket'
          : `${socket.remoteAddress}:${socket.remotePort}`,
      authentication: new Authentication(credentials),
      operations,
      takePlace: () => places.seat(client),
      lastError: undefined,
    };
    const late = setTimeout(() => {
      if (!state.authentication.passed) client.close();
    }, limits.authenticateMs);
    late.unref();
    const client = new ClientConnection({
      socket,
      limits,
      pending,
      answer: async (message) => {
        late.refresh();
        places.heard(client);
        const reply = await answer(engine, state, nextId, message);
        client.maxMessageBytes = messageBytes(state, limits);
        return reply;
      },
      onClose: () => {
        clearTimeout(late);
        places.leave(client);
        operations.killOfConnection(state.connectionId);
      },
    });
    client.maxMessageBytes = messageBytes(state, limits);
    places.enter(client);
  };

  const { server, uri } = await listen(options.listen, options.tls, admit);
  return {
    uri,
    get connections() {
      return places.connections;
    },
    setEngine: (next) => {
      engine = next;
    },
    interrupt: () => operations.killAll(),
    close: async () => {
      closing = true;
      operations.killAll();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      places.closeAll();
      await closed;
      if ('socketPath' in options.listen) await rm(options.listen.socketPath, { force: true });
    },
  };
}

function messageBytes({ authentication }: ClientState, limits: GatewayLimits): number {
  return authentication.passed ? limits.messageBytes : limits.unauthenticatedMessageBytes;
}

function refuseOpenDoor({ listen: where, auth }: GatewayOptions): void {
  if ('socketPath' in where || auth || isLoopback(where.host)) return;
  throw new MongoqError(ErrorCode.gatewayListen, `${where.host} is reachable from other machines`, {
    hint: 'give --auth USER and a password, or listen on 127.0.0.1',
  });
}
