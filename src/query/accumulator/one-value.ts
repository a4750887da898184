import { compareValues, type Collator } from '../../bson/compare.ts';
import { nullValue } from '../../bson/make.ts';
import { Value } from '../../bson/value.ts';
import { isNullish } from '../expression/coerce.ts';
import { smallSize, type Accumulator } from './accumulator.ts';

/** Accumulators that keep one of the values. It is copied, so that the block it lies in can go. */

function detached(value: Value): Value {
  if (value.bytes.length === value.end - value.start) return value;
  const bytes = Buffer.from(value.slice());
  return new Value(value.type, bytes, 0, bytes.length);
}

function sizeOf(value: Value | undefined): number {
  return smallSize + (value === undefined ? 0 : value.end - value.start);
}

/** $min and $max by MongoDB's order of all types; nullish values count as nothing. */
export class Extreme implements Accumulator {
  readonly #sign: number;
  readonly #collator: Collator | undefined;
  #best: Value | undefined;

  constructor(kind: 'min' | 'max', collator: Collator | undefined) {
    this.#sign = kind === 'min' ? 1 : -1;
    this.#collator = collator;
  }

  add(value: Value | undefined): void {
    if (isNullish(value)) return;
    if (this.#best === undefined || compareValues(this.#best, value, this.#collator) * this.#sign > 0) {
      this.#best = detached(value);
    }
  }

  result(): Value {
    return this.#best ?? nullValue;
  }

  get size(): number {
    return sizeOf(this.#best);
  }
}

/** $first. */
export class First implements Accumulator {
  #value: Value | undefined;
  #done = false;

  add(value: Value | undefined): void {
    if (this.#done) return;
    this.#done = true;
    this.#value = value === undefined ? undefined : detached(value);
  }

  result(): Value {
    return this.#value ?? nullValue;
  }

  get size(): number {
    return sizeOf(this.#value);
  }
}

/** $last. */
export class Last implements Accumulator {
  #value: Value | undefined;

  add(value: Value | undefined): void {
    this.#value = value === undefined ? undefined : detached(value);
  }

  result(): Value {
    return this.#value ?? nullValue;
  }

  get size(): number {
    return sizeOf(this.#value);
  }
}
