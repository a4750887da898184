import type { Value } from '../../bson/value.ts';

/** Takes in the values of one group, one by one. */
export interface Accumulator {
  /** Adds a value; undefined is a missing one. */
  add(value: Value | undefined): void;
  /** The result, null where there is none. Called once, after the last value. */
  result(): Value;
  /** Bytes held now, about: for the memory limit of $group. */
  readonly size: number;
}

/** The size of an accumulator of a few numbers. */
export const smallSize = 80;
