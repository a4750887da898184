import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { GatewayLimits } from './limits.ts';

/** What of a connection must be known here. */
interface Guest {
  close(): void;
}

/**
 * Who of the connected clients is answered. A connection takes a place with its first command that is more than a greeting:
 * drivers keep one connection each that only greets, to watch the server. Where all places are taken, such a command
 * is refused in words, as a connection that is just closed leaves a driver trying for half a minute. When too
 * many are without a place, the one goes that has been silent for longest, of those that have greeted or of those that have not, whichever
 * are more: so newcomers get in, however many greet or say nothing.
 */
export class Places {
  readonly #limit: number;
  readonly #waitingLimit: number;
  readonly #seated = new Set<Guest>();
  /** Those that have said nothing, in the order in which they came. */
  readonly #strangers = new Set<Guest>();
  /** Those that have greeted, the one heard of last at the end. */
  readonly #waiting = new Set<Guest>();

  /** Without a place may be `waiting` connections, and for each place one that watches. */
  constructor({ connections, waiting }: Pick<GatewayLimits, 'connections' | 'waiting'>) {
    this.#limit = connections;
    this.#waitingLimit = connections + waiting;
  }

  /** How many are connected. */
  get connections(): number {
    return this.#seated.size + this.#strangers.size + this.#waiting.size;
  }

  enter(guest: Guest): void {
    this.#strangers.add(guest);
    if (this.#strangers.size + this.#waiting.size <= this.#waitingLimit) return;
    const more = this.#strangers.size > this.#waiting.size ? this.#strangers : this.#waiting;
    const [oldest = guest] = more;
    this.leave(oldest);
    oldest.close();
  }

  /** It has said something. */
  heard(guest: Guest): void {
    if (this.#strangers.delete(guest) || this.#waiting.delete(guest)) this.#waiting.add(guest);
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
    this.leave(guest);
    this.#seated.add(guest);
  }

  leave(guest: Guest): void {
    this.#strangers.delete(guest);
    this.#waiting.delete(guest);
    this.#seated.delete(guest);
  }

  closeAll(): void {
    for (const guest of [...this.#seated, ...this.#strangers, ...this.#waiting]) guest.close();
  }
}
