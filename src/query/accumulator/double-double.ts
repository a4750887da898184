import type { Decimal } from '../../bson/decimal.ts';
import { add } from '../expression/decimal/arithmetic.ts';
import { decimalFromDouble34 } from '../expression/decimal/from-double.ts';

const maxLong = 0x7fff_ffff_ffff_ffffn;
const twoTo63 = 2 ** 63;

/**
 * A sum of doubles and whole numbers in two doubles (about 106 bits), as mongod keeps it: longs add up exactly and
 * the order of the summands hardly matters (0.1 + 0.2 + 0.3 is 0.6).
 */
export class DoubleDoubleSum {
  #sum = 0;
  #rest = 0;
  /** The plain sum: what remains of infinities and NaN, which the compensated one loses. */
  #special = 0;

  addDouble(x: number): void {
    this.#special += x;
    const sum = this.#sum + x;
    const back = sum - this.#sum;
    const rest = this.#rest + (this.#sum - (sum - back) + (x - back));
    this.#sum = sum + rest;
    this.#rest = rest - (this.#sum - sum);
  }

  addLong(x: bigint): void {
    const high = Number(BigInt.asIntN(64, (x >> 32n) << 32n));
    this.addDouble(high);
    this.addDouble(Number(x & 0xffff_ffffn));
  }

  get double(): number {
    return Number.isNaN(this.#sum) ? this.#special : this.#sum;
  }

  /** To 34 digits. */
  get decimal(): Decimal {
    if (!Number.isFinite(this.#sum)) return decimalFromDouble34(this.double);
    return add(decimalFromDouble34(this.#sum), decimalFromDouble34(this.#rest));
  }

  /** The sum as a long (whole if only whole numbers were added), or undefined beyond 64 bits. */
  get long(): bigint | undefined {
    if (!(Math.abs(this.#sum) <= twoTo63)) return undefined;
    // Halves fall towards zero: rounded away from it first, then back by what is left.
    const near = roundAway(this.#sum);
    const whole = BigInt(near) + BigInt(roundAway(this.#sum - near + this.#rest));
    return whole > maxLong || whole < -maxLong - 1n ? undefined : whole;
  }
}

function roundAway(x: number): number {
  return Math.sign(x) * Math.round(Math.abs(x)) + 0;
}
