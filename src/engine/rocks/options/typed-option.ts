import { field, type Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import { typeName } from '../../../query/expression/type-name.ts';

/** mongod's error for an option of another type than the expected. */
export function wrongType(name: string, expected: string, value: Value): CommandError {
  const message = `"${name}" had the wrong type. Expected ${expected}, found ${typeName(value)}`;
  return new CommandError(14, 'TypeMismatch', message);
}

/** The collation of a command. Throws TypeMismatch for what is no document. */
export function collationOption(command: Value): Value | undefined {
  const collation = field(command, 'collation');
  if (collation !== undefined && !collation.isDocument()) throw wrongType('collation', 'object', collation);
  return collation;
}
