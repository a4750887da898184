/** Compares strings by a collation other than bytes. Implemented over ICU in query/collation.ts. */
export interface Collator {
  /** Negative, zero or positive. */
  compare(a: string, b: string): number;
  /** The specification as mongod 3.4 shows it in explain and listIndexes. */
  readonly spec: Readonly<Record<string, unknown>>;
}
