import { inspect, type InspectOptions } from 'node:util';

export interface FormatOptions {
  colors: boolean;
  /** The terminal's width, for texts that are wrapped to it. */
  columns?: number | undefined;
  depth?: number;
  maxArrayLength?: number;
  maxStringLength?: number;
}

/** For results that are shown whole: what cursors return, explain. */
export const wholeDepth = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity };

/** A value as mongosh shows it: `util.inspect`, six levels deep unless told otherwise. */
export function inspectValue(value: unknown, options: FormatOptions): string {
  const settings: InspectOptions = { showProxy: false, compact: 3, depth: 6, ...options };
  return withDates(() => inspect(value, settings));
}

/** BSON dates come from the driver as Dates of our own realm, those of the user's code from the context's: see evaluator.ts. */
function withDates(run: () => string): string {
  Object.defineProperty(Date.prototype, inspect.custom, { value: showDate, configurable: true });
  try {
    return run();
  } finally {
    Reflect.deleteProperty(Date.prototype, inspect.custom);
  }
}

/** How mongosh shows a date; for `Date.prototype[util.inspect.custom]`. */
export function showDate(this: Date): string {
  return Number.isNaN(this.valueOf()) ? 'Invalid Date' : `ISODate('${this.toISOString()}')`;
}
