import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** How many connections without a place are kept, beside as many as there are places: enough to tell clients of the limit. */
const spare = 100;

/** What of a connection must be known here. */
interface Guest {
  close(): void;
}

/**
 * Who of the connected clients is answered. A connection takes a place with its first command that is more than a greeting:
 * drivers keep one connection each that only greets, to watch the server. Where all places are taken, such a command
 * is refused in words, as a connection that is just closed leaves a driver trying for half a minute. Of the connections without a
 * place the one that has been silent for longest goes when there are too many, so that newcomers get in however many say nothing.
 */
export class Places {
  readonly #limit: number;
  readonly #seated = new Set<Guest>();
  /** Those without a place, the one heard of last at the end. */
  readonly #waiting = new Set<Guest>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many are connected. */
  get connections(): number {
    return this.#seated.size + this.#waiting.size;
  }

  enter(guest: Guest): void {
    this.#waiting.add(guest);
    if (this.connections <= this.#limit * 2 + spare) return;
    for (const oldest of this.#waiting) {
      this.#waiting.delete(oldest);
      oldest.close();
      return;
    }
  }

  /** It has said something. */
  heard(guest: Guest): void {
    if (this.#waiting.delete(guest)) this.#waiting.add(guest);
  }

  /** Throws gatewayFull if all places are taken and none is the guest's. */
  seat(guest: Guest): void {
    if (this.#seated.has(guest)) return;
    if (this.#seated.size >= this.#limit) {
      const all = this.#limit === 1 ? 'one connection' : `${this.#limit} connections`;
      // All in the message, since other clients than mongoq's shell show nothing else.
      throw new MongoqError(
        ErrorCode.gatewayFull,
        `mongoq answers ${all} at a time and has no place free: close others, or start serve with a higher --max-connections`,
      );
    }
    this.#waiting.delete(guest);
    this.#seated.add(guest);
  }

  leave(guest: Guest): void {
    this.#waiting.delete(guest);
    this.#seated.delete(guest);
  }

  closeAll(): void {
    for (const guest of [...this.#seated, ...this.#waiting]) guest.close();
  }
}
