import { createHmac, randomBytes } from 'node:crypto';
import { BsonType } from '../bson/types.ts';
import { boolOf, stringOf } from '../bson/access.ts';
import { DocumentBuilder } from '../bson/builder.ts';
import { documentOf, field, Value } from '../bson/value.ts';
import { okReply, Refusal } from './replies.ts';
import {
  makeCredential,
  mechanismNames,
  type MechanismName,
  parseClientFirst,
  type ScramCredential,
  ScramExchange,
} from './scram.ts';

/** The one user whom a gateway lets in. */
export interface GatewayUser {
  user: string;
  password: string;
}

/** The credentials of a gateway, shared by its connections. */
export class Credentials {
  readonly user: string;
  readonly #real: Map<MechanismName, ScramCredential>;
  readonly #secret = randomBytes(32);

  constructor({ user, password }: GatewayUser) {
    this.user = user;
    this.#real = new Map(mechanismNames.map((name) => [name, makeCredential(name, user, password)]));
  }

  /**
   * The user's credential; for anybody else one that no password fits. Strangers go through the same exchange, each with a salt of
   * their own that stays the same, so that nobody learns which user exists.
   */
  of(user: string, mechanism: MechanismName): ScramCredential {
    const credential = this.#real.get(mechanism);
    if (!credential) throw new Error(`no credential for ${mechanism}`);
    if (user === this.user) return credential;
    const salt = createHmac('sha256', this.#secret).update(`${mechanism},${user}`).digest();
    const { storedKey, serverKey } = credential;
    return {
      ...credential,
      salt: salt.subarray(0, credential.salt.length),
      storedKey: randomBytes(storedKey.length),
      serverKey: randomBytes(serverKey.length),
    };
  }
}

/** How far one connection is with proving who it is. */
export class Authentication {
  readonly #credentials: Credentials | undefined;
  #exchange: { scram: ScramExchange; user: string; short: boolean } | undefined;
  #user: string | undefined;
  #closing = false;

  constructor(credentials: Credentials | undefined) {
    this.#credentials = credentials;
  }

  /** Whether commands may run: nobody has to authenticate, or this connection has. */
  get passed(): boolean {
    return this.#credentials === undefined || this.#user !== undefined;
  }

  /** The authenticated user's name. */
  get user(): string | undefined {
    return this.#user;
  }

  /** What hello answers to saslSupportedMechs. */
  get mechanisms(): readonly string[] | undefined {
    return this.#credentials && mechanismNames;
  }

  logout(): void {
    this.#user = undefined;
    this.#exchange = undefined;
  }

  /** saslStart: the first step. Throws a Refusal (2, 17 or 18). */
  start(command: Buffer): Buffer {
    const document = documentOf(command);
    const mechanism = mechanismOf(document);
    const first = parseClientFirst(payloadOf(document));
    if (!this.#credentials || !first) throw failed();
    const scram = new ScramExchange(this.#credentials.of(first.user, mechanism), first);
    const options = field(document, 'options');
    const skip = options?.isDocument() ? field(options, 'skipEmptyExchange') : undefined;
    this.#exchange = { scram, user: first.user, short: skip?.type === BsonType.bool && boolOf(skip) };
    this.#closing = false;
    return step(scram.challenge, false);
  }

  /** saslContinue: the proof, then for clients that want it an empty step. Throws a Refusal (17 or 18). */
  continue(command: Buffer): Buffer {
    const exchange = this.#exchange;
    if (!exchange) throw new Refusal(17, 'ProtocolError', 'No SASL session state found');
    if (this.#closing) {
      this.#succeed(exchange.user);
      return step(Buffer.alloc(0), true);
    }
    const proof = exchange.scram.verify(payloadOf(documentOf(command)));
    if (!proof) {
      this.#exchange = undefined;
      throw failed();
    }
    this.#closing = true;
    if (exchange.short) this.#succeed(exchange.user);
    return step(proof, exchange.short);
  }

  #succeed(user: string): void {
    this.#user = user;
    this.#exchange = undefined;
  }
}

function failed(): Refusal {
  return new Refusal(18, 'AuthenticationFailed', 'Authentication failed.');
}

function mechanismOf(document: Value): MechanismName {
  const value = field(document, 'mechanism');
  const name = value?.type === BsonType.string ? stringOf(value) : '';
  const known = mechanismNames.find((mechanism) => mechanism === name);
  if (!known) throw new Refusal(2, 'BadValue', `Unsupported mechanism ${name}`);
  return known;
}

/** The payload of a step: binary, or base64 text. */
function payloadOf(document: Value): Buffer {
  const value = field(document, 'payload');
  if (value?.type === BsonType.binData) return value.bytes.subarray(value.start + 5, value.end);
  return value?.type === BsonType.string ? Buffer.from(stringOf(value), 'base64') : Buffer.alloc(0);
}

function step(payload: Buffer, done: boolean): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(5), payload]);
  bytes.writeInt32LE(payload.length, 0);
  const value = new Value(BsonType.binData, bytes, 0, bytes.length);
  return okReply((reply: DocumentBuilder) =>
    reply.int('conversationId', 1).bool('done', done).append('payload', value),
  );
}
