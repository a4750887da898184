const second = 1_000_000_000n;

/** Now, in nanoseconds since the Unix epoch; the clock's own resolution is microseconds. */
export function nowNanoseconds(): bigint {
  return BigInt(Math.floor((performance.timeOrigin + performance.now()) * 1000)) * 1000n;
}

/** The Date (milliseconds, rounded down) of a time in nanoseconds since the Unix epoch. */
export function dateOf(time: bigint): Date {
  return new Date(Number(floorDivide(time, 1_000_000n)));
}

/**
 * RFC 3339 as Go's RFC3339Nano: up to nine fractional digits without trailing zeros, then `Z` or the offset.
 * `offsetMinutes` is east of UTC; without it, this machine's zone at that time.
 */
export function formatTime(time: bigint, offsetMinutes?: number): string {
  const offset = offsetMinutes ?? -dateOf(time).getTimezoneOffset();
  const local = dateOf(time + BigInt(offset) * 60n * second);
  const fraction = String(time - floorDivide(time, second) * second)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${local.toISOString().slice(0, 19)}${fraction && '.'}${fraction}${zone(offset)}`;
}

function zone(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Nanoseconds since the Unix epoch of an RFC 3339 time with up to nine fractional digits; undefined if it is none. */
export function parseTime(text: string): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, seconds = '', fraction = '', offset = ''] = match;
  const milliseconds = Date.parse(`${seconds}${offset}`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}
