/** The error for bytes that are not an index entry. The reader that knows index and object wraps it. */
export class DamagedKey extends Error {
  override readonly name = 'DamagedKey';
}

export function damagedKey(what: string): DamagedKey {
  return new DamagedKey(`not a valid index entry: ${what}`);
}
