/** An interval of longitudes in radians from -pi to pi, running east from `low`; `low` above `high` runs over 180 degrees. */
export interface Longitudes {
  low: number;
  high: number;
}

export const allLongitudes: Longitudes = { low: -Math.PI, high: Math.PI };
export const noLongitudes: Longitudes = { low: Math.PI, high: -Math.PI };

const isInverted = ({ low, high }: Longitudes): boolean => low > high;
const isNone = ({ low, high }: Longitudes): boolean => low - high === 2 * Math.PI;
export const isAll = ({ low, high }: Longitudes): boolean => high - low === 2 * Math.PI;

export function lengthOf({ low, high }: Longitudes): number {
  const length = high - low;
  if (length >= 0) return length;
  return length + 2 * Math.PI > 0 ? length + 2 * Math.PI : -1;
}

export function middleOf(x: Longitudes): number {
  const middle = 0.5 * (x.low + x.high);
  if (!isInverted(x)) return middle;
  return middle <= 0 ? middle + Math.PI : middle - Math.PI;
}

export function hasLongitude(x: Longitudes, longitude: number): boolean {
  const at = longitude === -Math.PI ? Math.PI : longitude;
  return isInverted(x) ? (at >= x.low || at <= x.high) && !isNone(x) : at >= x.low && at <= x.high;
}

export function hasLongitudes(x: Longitudes, y: Longitudes): boolean {
  if (isInverted(x)) {
    if (isInverted(y)) return y.low >= x.low && y.high <= x.high;
    return (y.low >= x.low || y.high <= x.high) && !isNone(x);
  }
  if (isInverted(y)) return isAll(x) || isNone(y);
  return y.low >= x.low && y.high <= x.high;
}

export function shareLongitudes(x: Longitudes, y: Longitudes): boolean {
  if (isNone(x) || isNone(y)) return false;
  if (isInverted(x)) return isInverted(y) || y.low <= x.high || y.high >= x.low;
  if (isInverted(y)) return y.low <= x.high || y.high >= x.low;
  return y.low <= x.high && y.high >= x.low;
}

/** The shorter way from one longitude to another. */
export function betweenLongitudes(first: number, second: number): Longitudes {
  const a = first === -Math.PI ? Math.PI : first;
  const b = second === -Math.PI ? Math.PI : second;
  return eastward(a, b) <= Math.PI ? { low: a, high: b } : { low: b, high: a };
}

/** How far it is to go east from a to b. */
function eastward(a: number, b: number): number {
  const distance = b - a;
  return distance >= 0 ? distance : b + Math.PI - (a - Math.PI);
}

/** The least interval with both in it, as S2 finds it. */
export function joinLongitudes(x: Longitudes, y: Longitudes): Longitudes {
  if (isNone(y)) return x;
  const fast = (one: Longitudes, at: number): boolean =>
    isInverted(one) ? (at >= one.low || at <= one.high) && !isNone(one) : at >= one.low && at <= one.high;
  if (fast(x, y.low)) {
    if (fast(x, y.high)) return hasLongitudes(x, y) ? x : allLongitudes;
    return { low: x.low, high: y.high };
  }
  if (fast(x, y.high)) return { low: y.low, high: x.high };
  if (isNone(x) || fast(y, x.low)) return y;
  return eastward(y.high, x.low) < eastward(x.high, y.low)
    ? { low: y.low, high: x.high }
    : { low: x.low, high: y.high };
}

/** Wider by a margin at both ends. */
export function widen(x: Longitudes, margin: number): Longitudes {
  if (isNone(x)) return x;
  if (lengthOf(x) + 2 * margin >= 2 * Math.PI - 1e-15) return allLongitudes;
  const low = around(x.low - margin);
  return { low: low <= -Math.PI ? Math.PI : low, high: around(x.high + margin) };
}

function around(longitude: number): number {
  if (longitude > Math.PI) return longitude - 2 * Math.PI;
  return longitude < -Math.PI ? longitude + 2 * Math.PI : longitude;
}
