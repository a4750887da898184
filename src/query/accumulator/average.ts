import { doubleOf, intOf, longOf } from '../../bson/access.ts';
import { decimalOf, decimalValue } from '../../bson/decimal.ts';
import { doubleValue, nullValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import { toDouble } from '../../bson/numbers.ts';
import { isNumber } from '../expression/coerce.ts';
import { add, decimalFromInteger, decimalZero, divide } from '../expression/decimal/arithmetic.ts';
import { smallSize, type Accumulator } from './accumulator.ts';
import { DoubleDoubleSum } from './double-double.ts';

/** $avg: a double, or a decimal if a decimal was among the numbers; null without numbers. */
export class Average implements Accumulator {
  readonly size = smallSize;
  readonly #sum = new DoubleDoubleSum();
  #decimal = decimalZero;
  #hasDecimal = false;
  #count = 0;

  add(value: Value | undefined): void {
    if (value === undefined) return;
    switch (value.type) {
      case BsonType.int:
        this.#sum.addDouble(intOf(value));
        break;
      case BsonType.double:
        this.#sum.addDouble(doubleOf(value));
        break;
      case BsonType.long:
        this.#sum.addLong(longOf(value));
        break;
      case BsonType.decimal:
        this.#decimal = add(this.#decimal, decimalOf(value));
        this.#hasDecimal = true;
        break;
      default:
        return;
    }
    this.#count++;
  }

  result(): Value {
    if (this.#count === 0) return nullValue;
    if (!this.#hasDecimal) return doubleValue(this.#sum.double / this.#count);
    const total = add(this.#decimal, this.#sum.decimal);
    return decimalValue(divide(total, decimalFromInteger(BigInt(this.#count))));
  }
}

/** $stdDevPop and $stdDevSamp, a double, in one pass (Welford); null for too few numbers. */
export class StandardDeviation implements Accumulator {
  readonly size = smallSize;
  /** 1 for a sample, whose divisor is one less. */
  readonly #fewer: number;
  #count = 0;
  #mean = 0;
  #squares = 0;

  constructor(kind: 'population' | 'sample') {
    this.#fewer = kind === 'sample' ? 1 : 0;
  }

  add(value: Value | undefined): void {
    if (!isNumber(value)) return;
    const x = toDouble(value);
    this.#count++;
    const delta = x - this.#mean;
    if (delta === 0) return;
    this.#mean += delta / this.#count;
    this.#squares += delta * (x - this.#mean);
  }

  result(): Value {
    const divisor = this.#count - this.#fewer;
    return divisor <= 0 ? nullValue : doubleValue(Math.sqrt(this.#squares / divisor));
  }
}
