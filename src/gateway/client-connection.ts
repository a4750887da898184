import type { Socket } from 'node:net';
import { FrameReader } from '../wire/frame-reader.ts';
import { parseMessage } from '../wire/message.ts';
import type { GatewayLimits } from './limits.ts';
import type { PendingBytes } from './pending-bytes.ts';

/** A connection reads on while it answers, to notice that its client left; but not further than so many messages. */
const maxWaitingMessages = 32;

/** Node's timers take no longer time: they would go off at once. It is more than three weeks. */
const longestTimerMs = 2 ** 31 - 1;

/** The parts of one message, none where the protocol has no reply; and what gives the next one, where the client wants more unasked. */
export interface Reply {
  parts: Buffer[];
  next?: () => Promise<Reply>;
}

export interface ConnectionOptions {
  socket: Socket;
  limits: GatewayLimits;
  /** Bytes waiting in all connections; this one adds its own. */
  pending: PendingBytes;
  /** Answers one message; what it throws ends the connection. */
  answer: (message: ReturnType<typeof parseMessage>) => Promise<Reply>;
  /** The client is gone, or was sent away. */
  onClose: () => void;
}

/**
 * One client: messages are answered one after another, in order, and the next is looked at only when the client has
 * taken the reply before, so that a client which never reads holds one reply and no more.
 */
export class ClientConnection {
  readonly #options: ConnectionOptions;
  readonly #reader: FrameReader;
  readonly #waiting: Buffer[] = [];
  #busy = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#reader = new FrameReader(options.limits.messageBytes);
    const { socket } = options;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#closed());
    this.#startIdle();
  }

  /** Largest message to take from now on, bytes. */
  set maxMessageBytes(bytes: number) {
    this.#reader.maxSize = bytes;
  }

  close(): void {
    this.#options.socket.destroy();
  }

  #receive(chunk: Buffer): void {
    try {
      this.#waiting.push(...this.#reader.push(chunk));
    } catch {
      this.close();
      return;
    }
    this.#account();
    if (!this.#busy) this.#startIdle();
    if (this.#waiting.length > maxWaitingMessages) this.#options.socket.pause();
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#idle);
    try {
      for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) {
        await this.#sendAll(await this.#options.answer(parseMessage(frame)));
        this.#account();
        if (this.#waiting.length <= maxWaitingMessages) this.#options.socket.resume();
      }
    } catch {
      this.close();
    } finally {
      this.#busy = false;
      this.#startIdle();
    }
  }

  async #sendAll({ parts, next }: Reply): Promise<void> {
    await this.#send(parts);
    while (next && !this.#options.socket.destroyed) {
      ({ parts, next } = await next());
      await this.#send(parts);
    }
  }

  async #send(parts: Buffer[]): Promise<void> {
    const { socket, limits } = this.#options;
    if (parts.length === 0 || socket.destroyed) return;
    socket.cork();
    let taken = true;
    for (const part of parts) taken = socket.write(part);
    process.nextTick(() => socket.uncork());
    if (taken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.close(), limits.sendMs);
      const done = (): void => {
        clearTimeout(timer);
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
  }

  #account(): void {
    if (this.#options.socket.destroyed) return;
    const waiting = this.#waiting.reduce((sum, frame) => sum + frame.length, 0);
    this.#options.pending.account(this, this.#reader.buffered + waiting);
  }

  #startIdle(): void {
    const { idleMs } = this.#options.limits;
    clearTimeout(this.#idle);
    if (idleMs > 0 && !this.#options.socket.destroyed) {
      this.#idle = setTimeout(() => this.close(), Math.min(idleMs, longestTimerMs));
      this.#idle.unref();
    }
  }

  #closed(): void {
    clearTimeout(this.#idle);
    this.#waiting.length = 0;
    this.#options.pending.account(this, 0);
    this.#options.onClose();
  }
}
