import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';

/**
 * The fields of an operator's options document by name, of those in `known`. Another name throws `code` with what
 * `message` says of it.
 */
export function readOptions<Name extends string>(
  options: Value,
  known: readonly Name[],
  code: number,
  message: (name: string) => string,
): Partial<Record<Name, Value>> {
  const found: Partial<Record<Name, Value>> = {};
  for (const { name, value } of elements(options)) {
    const match = known.find((candidate) => candidate === name);
    if (match === undefined) throw location(code, message(name));
    found[match] = value;
  }
  return found;
}

/** The value of an option that must be there. Throws `code` if it is not. */
export function required(value: Value | undefined, code: number, message: string): Value {
  if (value === undefined) throw location(code, message);
  return value;
}
