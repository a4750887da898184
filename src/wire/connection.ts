import type { Socket } from 'node:net';
import { DocumentBuilder } from '../bson/builder.ts';
import { numberOf } from '../bson/access.ts';
import { documentOf, field } from '../bson/value.ts';
import { type Address, describeAddress, openSocket } from './address.ts';
import { withFields } from './documents.ts';
import { FrameReader } from './frame-reader.ts';
import { parseMessage } from './message.ts';
import { QueryFlag } from './opcodes.ts';
import { writeMsg } from './op-msg.ts';
import { writeCommandQuery } from './op-query.ts';
import { protocolError } from './protocol-error.ts';

/** The first wire version whose servers speak OP_MSG (3.6). */
const firstWithMsg = 6;

interface Waiting {
  requestId: number;
  resolve: (reply: Buffer) => void;
  reject: (error: unknown) => void;
}

/**
 * A client's connection to one mongod: sends a command, returns its reply, both as BSON. Speaks OP_MSG to servers that
 * know it and OP_QUERY to older ones.
 */
export class WireConnection {
  readonly address: Address;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #waiting: Waiting[] = [];
  #nextId = 1;
  #maxWireVersion = 0;
  #failure: Error | undefined;

  /** Connects and asks the server for its wire version. Rejects with the system's error, gatewayProtocol or the signal's reason. */
  static async open(address: Address, signal?: AbortSignal): Promise<WireConnection> {
    const connection = new WireConnection(address, await openSocket(address, signal));
    // A server may take connections and never answer.
    const abort = (): void => connection.#fail(signal?.reason as Error);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      await connection.#greet();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  private constructor(address: Address, socket: Socket) {
    this.address = address;
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('close', () => {
      this.#fail(new Error(`${describeAddress(address)} closed the connection`));
    });
  }

  /** What the server said in its greeting; 0 for servers of before 2.6. */
  get maxWireVersion(): number {
    return this.#maxWireVersion;
  }

  /** Whether the server understands OP_MSG. */
  get speaksMsg(): boolean {
    return this.#maxWireVersion >= firstWithMsg;
  }

  get closed(): boolean {
    return this.#failure !== undefined;
  }

  /** The reply to `command`, be it `ok: 1` or not. Rejects when the connection ends first. Replies come in order. */
  async command(db: string, command: Buffer): Promise<Buffer> {
    const requestId = this.#nextId++;
    const parts = this.speaksMsg
      ? writeMsg(requestId, 0, withFields(command, transportOf(db)))
      : writeCommandQuery(requestId, db, command, QueryFlag.slaveOk);
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ requestId, resolve, reject });
      this.#socket.write(Buffer.concat(parts));
    });
  }

  close(): void {
    this.#fail(new Error(`the connection to ${describeAddress(this.address)} was closed`));
    this.#socket.destroy();
  }

  async #greet(): Promise<void> {
    const reply = await this.command('admin', new DocumentBuilder().int('isMaster', 1).finish().slice());
    this.#maxWireVersion = numberOf(field(documentOf(reply), 'maxWireVersion')) ?? 0;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#answer(frame);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      this.#socket.destroy();
    }
  }

  #answer(frame: Buffer): void {
    const message = parseMessage(frame);
    if (message.op !== 'msg' && message.op !== 'reply') throw protocolError('a server sent a request');
    // Taken off the list only when it is answered: whatever is wrong with the reply then reaches who waits for it.
    const [next] = this.#waiting;
    if (next?.requestId !== message.responseTo) throw protocolError('a reply to no request');
    const body = message.op === 'msg' ? message.body : message.documents[0];
    if (!body) throw protocolError('an empty reply');
    this.#waiting.shift();
    next.resolve(body);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}

/** Reads are allowed whatever state the server is in, as the older protocol says by a flag. */
function transportOf(db: string): Buffer {
  return new DocumentBuilder()
    .string('$db', db)
    .openDocument('$readPreference')
    .string('mode', 'primaryPreferred')
    .close()
    .finish()
    .slice();
}
