/**
 * A backup's time (nanoseconds since 1970) as every --json tells it: ISO 8601 in UTC to the millisecond, and the nanoseconds as
 * text, since they do not fit a number.
 */
export function jsonTime(time: bigint): { time: string; timeNs: string } {
  return { time: new Date(Number(time / 1_000_000n)).toISOString(), timeNs: String(time) };
}
