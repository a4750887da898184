import { doubleOf, intOf, longOf } from '../../bson/access.ts';
import { decimalOf, decimalValue } from '../../bson/decimal.ts';
import { doubleValue, longValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { intOrLong, widest } from '../expression/coerce.ts';
import { add, decimalZero } from '../expression/decimal/arithmetic.ts';
import { smallSize, type Accumulator } from './accumulator.ts';
import { DoubleDoubleSum } from './double-double.ts';

/**
 * $sum: ints and longs add up exactly and stay whole while they fit 64 bits, else the result is a double; one double
 * makes it a double, one decimal a decimal. Other types count as nothing.
 */
export class Sum implements Accumulator {
  readonly size = smallSize;
  readonly #sum = new DoubleDoubleSum();
  #decimal = decimalZero;
  #type: number = BsonType.int;
  /** Ints that came last and are not in #sum yet, exact as long as they stay below 2^53; undefined if none came. */
  #ints: number | undefined;

  add(value: Value | undefined): void {
    if (value === undefined) return;
    switch (value.type) {
      case BsonType.int:
        this.#ints = (this.#ints ?? 0) + intOf(value);
        if (this.#ints > 0x10_0000_0000_0000 || this.#ints < -0x10_0000_0000_0000) this.#flush();
        return;
      case BsonType.long:
        this.#flush();
        this.#sum.addLong(longOf(value));
        break;
      case BsonType.double:
        this.#flush();
        this.#sum.addDouble(doubleOf(value));
        break;
      case BsonType.decimal:
        this.#decimal = add(this.#decimal, decimalOf(value));
        break;
      default:
        return;
    }
    this.#type = widest(this.#type, value.type);
  }

  result(): Value {
    this.#flush();
    if (this.#type === BsonType.decimal) return decimalValue(add(this.#sum.decimal, this.#decimal));
    const whole = this.#type === BsonType.double ? undefined : this.#sum.long;
    if (whole === undefined) return doubleValue(this.#sum.double);
    return this.#type === BsonType.long ? longValue(whole) : intOrLong(whole);
  }

  #flush(): void {
    if (this.#ints === undefined) return;
    this.#sum.addDouble(this.#ints);
    this.#ints = undefined;
  }
}
