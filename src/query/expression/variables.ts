import type { Value } from '../../bson/value.ts';

/** The slot of $$ROOT; $$CURRENT is the same until something binds it anew ($redact, $let). */
export const rootSlot = 0;

/**
 * The values of the variables while expressions are evaluated for one document. The parser gives each variable its
 * slot (see ParseScope); one object may serve document after document by `setRoot`.
 */
export class Variables {
  readonly #slots: (Value | undefined)[];

  constructor(root?: Value) {
    this.#slots = [root];
  }

  get(slot: number): Value | undefined {
    return this.#slots[slot];
  }

  set(slot: number, value: Value | undefined): void {
    this.#slots[slot] = value;
  }

  get root(): Value | undefined {
    return this.#slots[rootSlot];
  }

  /** Goes on to another document. Variables of $let and the like are set where they are bound. */
  setRoot(document: Value): void {
    this.#slots[rootSlot] = document;
  }
}
