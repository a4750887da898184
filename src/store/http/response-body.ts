import { Readable } from 'node:stream';

/** What a body needs of the connection on which it arrives. */
export interface BodySource {
  pause: () => void;
  resume: () => void;
  /** The rest of it is not wanted. */
  abandon: () => void;
}

/**
 * The body of an answer: a stream, as the SDK reads listings and errors; or handed on as it arrives, by `drain`, without
 * a copy.
 */
export class ResponseBody extends Readable {
  readonly #source: BodySource;
  #take: ((bytes: Buffer) => void) | undefined;
  #roomOf: (() => Buffer | undefined) | undefined;

  constructor(source: BodySource) {
    super();
    this.#source = source;
    // There may be nobody to tell: an abort while the answer is being looked at.
    this.on('error', () => undefined);
  }

  /**
   * Gives every piece to `take`, valid during the call only, in the memory that `room` gave, if it gave some. Rejects
   * with the stream's error or with what `take` threw; nothing more comes then.
   */
  drain(take: (bytes: Buffer) => void, room?: () => Buffer | undefined): Promise<void> {
    this.#roomOf = room;
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(this.errored ?? new Error('the connection ended'));
      if (this.destroyed) ended();
      this.#take = (bytes) => {
        try {
          take(bytes);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          this.destroy();
        }
      };
      // What came before this call.
      this.on('data', this.#take);
      this.once('end', resolve);
      this.once('error', reject);
      this.once('close', ended);
    });
  }

  /** Where the connection may read what comes next. */
  room(): Buffer | undefined {
    return this.#take && this.readableLength === 0 ? this.#roomOf?.() : undefined;
  }

  /** A piece has arrived, valid during the call only. */
  arrived(bytes: Buffer): void {
    if (this.destroyed) return;
    if (this.#take && this.readableLength === 0) this.#take(bytes);
    else if (!this.push(Buffer.from(bytes))) this.#source.pause();
  }

  /** Everything has arrived. */
  complete(): void {
    this.push(null);
  }

  override _read(): void {
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#source.abandon();
    callback(error);
  }
}
