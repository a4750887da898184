import { Connection, type Answer, type Origin } from './connection.ts';
import { requestHead, type SignedRequest } from './request-head.ts';

export interface HandlerOptions {
  /** How long it may take to connect, and how long nothing may pass; milliseconds. */
  connectMs: number;
  idleMs: number;
}

/**
 * Carries the AWS SDK's requests over connections that are kept for further ones: a `requestHandler` of the SDK
 * (https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/s3/). Nothing is tried twice, but for requests on a
 * connection that the server had ended meanwhile: servers close those that wait, and to see that takes a round trip.
 */
export class HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #options: HandlerOptions;
  readonly #pools = new Map<string, Pool>();

  constructor(options: HandlerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the headers of the answer have come. Rejects with the socket's error, an AbortError, a TimeoutError,
   * what the body throws, or a TypeError for a request that cannot be written.
   */
  async handle(
    request: SignedRequest,
    options: { abortSignal?: unknown } = {},
  ): Promise<{ response: Answer }> {
    // The type that the SDK has for it also knows its own kind of signals, from before Node had them.
    const signal = options.abortSignal as AbortSignal | undefined;
    const send = async (connection: Connection): Promise<{ response: Answer }> => {
      return { response: await connection.send(head, request, signal) };
    };
    throwIfAborted(signal);
    const secure = request.protocol === 'https:';
    const host = request.hostname.replace(/^\[(.*)\]$/, '$1');
    const pool = this.#poolOf({ secure, host, port: request.port ?? (secure ? 443 : 80) });
    // Before a connection is taken, which would not be given back.
    const head = requestHead(request);
    const connection = pool.take();
    try {
      return await send(connection);
    } catch (error) {
      if (!connection.stale || !mayBeRepeated(request)) throw error;
      throwIfAborted(signal);
      return await send(pool.connect());
    }
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
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) if (idle.usable) return idle;
    return this.connect();
  }

  destroy(): void {
    for (const connection of this.#all) connection.destroy();
  }

  /** A new connection. */
  connect(): Connection {
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

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw Object.assign(new Error('aborted'), { name: 'AbortError' });
}

/**
 * Whether a request whose answer never came may be sent once more without asking: RFC 9110, 9.2.2. Not if it is
 * conditional on what it may itself have changed.
 */
function mayBeRepeated({ method, headers }: SignedRequest): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  const isConditional = Object.keys(headers).some((name) => /^if-/i.test(name));
  return (method === 'PUT' || method === 'DELETE') && !isConditional;
}
