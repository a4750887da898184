import { DocumentBuilder } from '../../bson/builder.ts';
import type { Collator } from '../../bson/compare.ts';
import { groupingKey } from '../../bson/grouping-key.ts';
import type { Value } from '../../bson/value.ts';
import { smallSize, type Accumulator } from './accumulator.ts';

/** $push: all values in the order in which they come; missing ones are left out. */
export class Push implements Accumulator {
  readonly #builder = new DocumentBuilder(64);

  add(value: Value | undefined): void {
    if (value !== undefined) this.#builder.push(value);
  }

  result(): Value {
    return this.#builder.finishArray();
  }

  get size(): number {
    return smallSize + this.#builder.size;
  }
}

/** $addToSet: each value once, in the order in which they first come; missing ones are left out. */
export class AddToSet implements Accumulator {
  readonly #collator: Collator | undefined;
  readonly #keys = new Set<string>();
  readonly #builder = new DocumentBuilder(64);
  #keySize = 0;

  constructor(collator: Collator | undefined) {
    this.#collator = collator;
  }

  add(value: Value | undefined): void {
    if (value === undefined) return;
    const key = groupingKey(value, this.#collator);
    if (this.#keys.has(key)) return;
    this.#keys.add(key);
    this.#keySize += 32 + key.length;
    this.#builder.push(value);
  }

  result(): Value {
    return this.#builder.finishArray();
  }

  get size(): number {
    return smallSize + this.#keySize + this.#builder.size;
  }
}
