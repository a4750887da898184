import { Connection, type Answer, type Origin } from './connection.ts';
import type { SignedRequest } from './request-head.ts';

export interface HandlerOptions {
  /** How long it may take to connect, and how long nothing may pass; milliseconds. */
  connectMs: number;
  idleMs: number;
}

/**
 * Carries the AWS SDK's requests over connections that are kept for further ones: a `requestHandler` of the SDK
 * (https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/s3/). Tries nothing twice.
 */
export class HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #options: HandlerOptions;
  readonly #pools = new Map<string, Pool>();

  constructor(options: HandlerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the headers of the answer have come. Rejects with the socket's error, an AbortError, or a
   * TimeoutError.
   */
  async handle(
    request: SignedRequest,
    options: { abortSignal?: unknown } = {},
  ): Promise<{ response: Answer }> {
    // The type that the SDK has for it also knows its own kind of signals, from before Node had them.
    const signal = options.abortSignal as AbortSignal | undefined;
    if (signal?.aborted) throw Object.assign(new Error('aborted'), { name: 'AbortError' });
    const secure = request.protocol === 'https:';
    const host = request.hostname.replace(/^\[(.*)\]$/, '$1');
    const pool = this.#poolOf({ secure, host, port: request.port ?? (secure ? 443 : 80) });
    return { response: await pool.take().send(request, signal) };
  }

  /** Ends all connections, whatever they do. */
  destroy(): void {
    for (const pool of this.#pools.values()) pool.destroy();
  }

  /** The SDK would set options of its own handler. */
  updateHttpClientConfig(): void {
    return;
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  #poolOf(origin: Origin): Pool {
    const name = JSON.stringify(origin);
    const pool = this.#pools.get(name) ?? new Pool(origin, this.#options);
    this.#pools.set(name, pool);
    return pool;
  }
}

/** The connections to one origin. As many are made as there are requests at a time, which the stores limit. */
class Pool {
  readonly #origin: Origin;
  readonly #options: HandlerOptions;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  #session: Buffer | undefined;

  constructor(origin: Origin, options: HandlerOptions) {
    this.#origin = origin;
    this.#options = options;
  }

  /** The connection used last, which the server is the least likely to have given up; or a new one. */
  take(): Connection {
    return this.#idle.pop() ?? this.#connect();
  }

  destroy(): void {
    for (const connection of this.#all) connection.destroy();
  }

  #connect(): Connection {
    const connection = new Connection(this.#origin, {
      ...this.#options,
      session: this.#session,
      onSession: (session) => (this.#session = session),
      onFree: (free) => {
        free.unref();
        this.#idle.push(free);
      },
      onEnd: (ended) => {
        this.#all.delete(ended);
        const at = this.#idle.indexOf(ended);
        if (at >= 0) this.#idle.splice(at, 1);
      },
    });
    this.#all.add(connection);
    return connection;
  }
}
