import net from 'node:net';
import { Readable } from 'node:stream';
import tls from 'node:tls';
import type { HTTPParserJS } from 'http-parser-js';
import type { SignedRequest } from './request-head.ts';
import { ResponseBody } from './response-body.ts';
import { createResponseParser, headersOf, HTTPParser } from './response-parser.ts';

/** Where a connection goes. */
export interface Origin {
  secure: boolean;
  host: string;
  port: number;
}

/** An answer, its body still to come. Header names are in lower case. */
export interface Answer {
  statusCode: number;
  reason: string;
  headers: Record<string, string>;
  body: ResponseBody;
}

export interface ConnectionOptions {
  /** How long it may take to connect, and how long nothing may pass; milliseconds. */
  connectMs: number;
  idleMs: number;
  /** Of an earlier TLS connection to this origin, to be resumed. */
  session: Buffer | undefined;
  onSession: (session: Buffer) => void;
  /** The next request may be sent. */
  onFree: (connection: Connection) => void;
  /** No further request may be sent. */
  onEnd: (connection: Connection) => void;
}

/** A request and what has come in answer to it. */
interface Exchange {
  request: SignedRequest;
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  /** Takes the listener for aborts away. */
  forget: () => void;
  sent: boolean;
  /** Something has come in answer. */
  heard: boolean;
  body: ResponseBody | undefined;
  /** Bytes of the body still to come, NaN where that is not known. */
  left: number;
  complete: boolean;
  keepAlive: boolean;
}

/** What the parser is told of an answer's body, which in HTTP does not hang on the length alone. */
const [withBody, noBody] = [0, 1];

/** What all connections read into unless a body has its own room: it is used up before anything else is read. */
const scratch = Buffer.allocUnsafeSlow(256 << 10);

/**
 * A connection to an HTTP/1.1 server, for one request at a time. By `onread` of `net`, bytes of a body are read where
 * they are wanted; node:http would put each 64 KiB of them in a new buffer, and then in another one.
 */
export class Connection {
  readonly #socket: net.Socket;
  readonly #options: ConnectionOptions;
  #parser: HTTPParserJS | undefined;
  #exchange: Exchange | undefined;
  #paused = false;
  #answered = false;
  #givenUp = false;
  #stale = false;

  constructor({ secure, host, port }: Origin, options: ConnectionOptions) {
    this.#options = options;
    const onread = {
      buffer: () => this.#room(),
      callback: (count: number, bytes: Uint8Array) => this.#read((bytes as Buffer).subarray(0, count)),
    };
    const common = { host, port, onread, noDelay: true, keepAlive: true };
    const { session } = options;
    const socket = secure
      ? tls.connect({ ...common, ...(session && { session }), servername: net.isIP(host) ? '' : host })
      : net.connect(common);
    this.#socket = socket;
    const timer = setTimeout(
      () => socket.destroy(timedOut('no connection', options.connectMs)),
      options.connectMs,
    );
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      clearTimeout(timer);
      socket.setTimeout(options.idleMs, () => socket.destroy(timedOut('no answer', options.idleMs)));
    });
    socket.on('session', options.onSession);
    socket.on('end', () => {
      if (this.#exchange) this.#parser?.finish();
      else this.destroy();
    });
    socket.on('error', (error: Error) => this.#fail(error));
    socket.on('close', () => {
      clearTimeout(timer);
      this.#fail(Object.assign(new Error('the connection ended'), { code: 'ECONNRESET' }));
      options.onEnd(this);
    });
  }

  /** Whether a request may be sent: none is under way, and the server is not known to have ended the connection. */
  get usable(): boolean {
    return this.#exchange === undefined && this.#socket.writable;
  }

  /** Whether the last request met a connection that had been used before and was ended without a word in answer. */
  get stale(): boolean {
    return this.#stale;
  }

  /**
   * Sends a request, whose first line and headers are `head`, while no other is under way; resolves when the answer's
   * headers are there. An abort ends the connection, also while the body comes. Rejects with the socket's error, what
   * the request's body throws, or a TypeError for a body that cannot be sent.
   */
  send(head: string, request: SignedRequest, signal: AbortSignal | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const stop = (): void => this.destroy(Object.assign(new Error('aborted'), { name: 'AbortError' }));
      const forget = (): void => signal?.removeEventListener('abort', stop);
      const body = undefined;
      const state = { sent: false, heard: false, body, left: NaN, complete: false, keepAlive: true };
      const exchange: Exchange = { request, resolve, reject, forget, ...state };
      signal?.addEventListener('abort', stop, { once: true });
      this.#exchange = exchange;
      this.#parser = this.#parserOf(exchange);
      this.#socket.ref();
      this.#write(head, exchange).then(
        () => this.#sent(exchange),
        (error: unknown) => {
          // An answer that came before the end of the request says more than that nobody reads the rest of it.
          exchange.keepAlive = false;
          if (exchange.body) this.#sent(exchange);
          else this.#socket.destroy(error as Error);
        },
      );
    });
  }

  /** Lets the process end while the connection waits for its next request. */
  unref(): void {
    this.#socket.unref();
  }

  /** Ends the connection from here; a request under way fails with `error`, or as if the server had ended it. */
  destroy(error?: Error): void {
    this.#givenUp = true;
    this.#socket.destroy(error);
  }

  async #write(head: string, exchange: Exchange): Promise<void> {
    const socket = this.#socket;
    const { body } = exchange.request;
    const write = (bytes: string | Uint8Array): Promise<void> =>
      new Promise((resolve, reject) => {
        if (exchange.complete) reject(new Error('the request was answered before it was sent'));
        else socket.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
    if (body instanceof Readable) {
      if (!isSender(body))
        throw new TypeError('a stream that does not send itself cannot be the body of a request');
      await Promise.all([write(head), body.sendTo(write)]);
      return;
    }
    const pieces = body === undefined || body === '' ? [head] : [head, body as string | Uint8Array];
    socket.cork();
    const written = pieces.map(write);
    socket.uncork();
    await Promise.all(written);
  }

  #parserOf(exchange: Exchange): HTTPParserJS {
    const parser = createResponseParser();
    parser[HTTPParser.kOnHeadersComplete] = (info) => {
      if (exchange.complete) throw new Error('the server answered twice');
      const headers = headersOf(info.headers);
      // Such as 100 Continue: the answer itself is still to come.
      if (info.statusCode < 200) return noBody;
      const body = new ResponseBody({
        pause: () => (this.#paused = true),
        resume: () => this.#resume(exchange),
        abandon: () => {
          if (!exchange.complete) this.destroy();
        },
      });
      exchange.body = body;
      exchange.keepAlive = info.shouldKeepAlive;
      if (headers['transfer-encoding'] === undefined)
        exchange.left = Number(headers['content-length'] ?? NaN);
      exchange.resolve({ statusCode: info.statusCode, reason: info.statusMessage, headers, body });
      const isEmpty =
        exchange.request.method === 'HEAD' || info.statusCode === 204 || info.statusCode === 304;
      return isEmpty ? noBody : withBody;
    };
    parser[HTTPParser.kOnBody] = (bytes) => {
      exchange.left -= bytes.length;
      exchange.body?.arrived(bytes);
    };
    parser[HTTPParser.kOnMessageComplete] = () => {
      if (!exchange.body) return;
      exchange.complete = true;
      exchange.body.complete();
    };
    return parser;
  }

  /** Where to read next. */
  #room(): Buffer {
    const left = this.#exchange?.left ?? NaN;
    const room = left > 0 ? this.#exchange?.body?.room() : undefined;
    return room && room.length > 0 ? room.subarray(0, left) : scratch;
  }

  /** Returns false if nothing more is to be read for now. */
  #read(bytes: Buffer): boolean {
    const exchange = this.#exchange;
    if (!exchange) {
      this.destroy(new Error('the server answered what was not asked'));
      return false;
    }
    exchange.heard = true;
    const failure = this.#execute(bytes);
    if (failure) this.destroy(failure);
    else this.#finish(exchange);
    return !this.#paused;
  }

  #execute(bytes: Buffer): Error | undefined {
    try {
      const result = this.#parser?.execute(bytes);
      return result instanceof Error ? result : undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #resume(exchange: Exchange): void {
    if (!this.#paused || exchange !== this.#exchange) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #sent(exchange: Exchange): void {
    exchange.sent = true;
    this.#finish(exchange);
  }

  #finish(exchange: Exchange): void {
    if (!exchange.sent || !exchange.complete || exchange !== this.#exchange) return;
    exchange.forget();
    this.#exchange = undefined;
    this.#parser = undefined;
    this.#answered = true;
    if (this.#paused) {
      this.#paused = false;
      this.#socket.resume();
    }
    if (exchange.keepAlive) this.#options.onFree(this);
    else this.destroy();
  }

  #fail(error: Error): void {
    const exchange = this.#exchange;
    if (!exchange) return;
    this.#exchange = undefined;
    const isTheirs = !this.#givenUp && /^(ECONNRESET|EPIPE)$/.test(codeOf(error));
    this.#stale = isTheirs && this.#answered && !exchange.heard;
    exchange.forget();
    exchange.reject(error);
    if (!exchange.complete) exchange.body?.destroy(error);
  }
}

/** A body that gives its bytes to `write` by itself, each piece when the one before is sent. */
interface Sender {
  sendTo(write: (bytes: Uint8Array) => Promise<void>): Promise<void>;
}

function isSender(body: object): body is Sender {
  return 'sendTo' in body;
}

function timedOut(what: string, ms: number): Error {
  return Object.assign(new Error(`${what} within ${ms / 1000} s`), {
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
  });
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
