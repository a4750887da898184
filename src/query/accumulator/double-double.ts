import type { Decimal } from '../../bson/decimal.ts';
import { add } from '../expression/decimal/arithmetic.ts';
import { decimalFromDouble34 } from '../expression/decimal/from-double.ts';

const maxLong = 0x7fff_ffff_ffff_ffffn;
const twoTo63 = 2 ** 63;
const twoTo32 = 1n << 32n;

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
    // The rest is tinier than what comes, which may be larger than the sum.
    const taken = x + this.#rest;
    const left = this.#rest - (taken - x);
    const sum = this.#sum + taken;
    const before = sum - taken;
    const after = sum - before;
    this.#rest = left + (this.#sum - before + (taken - after));
    this.#sum = sum;
  }

  addLong(x: bigint): void {
    const high = (x / twoTo32) * twoTo32;
    this.addDouble(Number(x - high));
    this.addDouble(Number(high));
  }

  get double(): number {
    return Number.isNaN(this.#sum) ? this.#special : this.#sum;
  }

  /** To 34 digits. An infinity that came last is NaN here, as in mongod: its rest is none. */
  get decimal(): Decimal {
    if (Number.isNaN(this.#sum)) return decimalFromDouble34(this.#special);
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
