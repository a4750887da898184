import type { Index } from '../catalog/collection.ts';

/**
 * Whether an array was seen on the way to an index's field. Without path-level information every field of a multikey
 * index may have one.
 */
export function mayHoldArray(index: Index, path: string): boolean {
  if (!index.multikey) return false;
  const flags = index.multikeyPaths?.get(path);
  return flags === undefined || flags.includes(true);
}

/**
 * Whether two fields may take their values from different elements of one array, so that only one of them can be
 * bounded: a document matches by two elements, and no key has both.
 */
export function shareArray(index: Index, a: string, b: string): boolean {
  if (!index.multikey) return false;
  const left = a.split('.');
  const right = b.split('.');
  let shared = 0;
  while (shared < left.length && shared < right.length && left[shared] === right[shared]) shared++;
  if (shared === 0) return false;
  const flags = index.multikeyPaths?.get(a);
  return flags === undefined || flags.slice(0, shared).includes(true);
}

/** A component that may be a position in an array: queries and keys read it differently. */
export function hasPosition(path: string): boolean {
  return /(^|\.)\d+(\.|$)/.test(path);
}
