import type { Collator } from '../../bson/compare.ts';
import type { Accumulator } from './accumulator.ts';
import { Average, StandardDeviation } from './average.ts';
import { AddToSet, Push } from './collect.ts';
import { Extreme, First, Last } from './one-value.ts';
import { Sum } from './sum.ts';

type Factory = (collator: Collator | undefined) => Accumulator;

const factories = {
  $sum: () => new Sum(),
  $avg: () => new Average(),
  $min: (collator) => new Extreme('min', collator),
  $max: (collator) => new Extreme('max', collator),
  $first: () => new First(),
  $last: () => new Last(),
  $push: () => new Push(),
  $addToSet: (collator) => new AddToSet(collator),
  $stdDevPop: () => new StandardDeviation('population'),
  $stdDevSamp: () => new StandardDeviation('sample'),
} as const satisfies Record<string, Factory>;

/** The accumulators of MongoDB 3.4. */
export type AccumulatorName = keyof typeof factories;

/** Whether the name (with `$`) is that of an accumulator. */
export function isAccumulatorName(name: string): name is AccumulatorName {
  return Object.hasOwn(factories, name);
}

/** A new, empty accumulator. */
export function createAccumulator(name: AccumulatorName, collator: Collator | undefined): Accumulator {
  return (factories[name] as Factory)(collator);
}
