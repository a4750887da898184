import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../../query/errors.ts';
import { isDatabaseName } from '../../../wire/database-name.ts';

/** The value of a command's first field. */
export function firstValue(command: Value): Value | undefined {
  for (const { value } of elements(command)) return value;
  return undefined;
}

/** The collection that a command names in its first field. Throws InvalidNamespace. */
export function collectionName(command: Value): string {
  const value = firstValue(command);
  if (value?.type !== BsonType.string && value?.type !== BsonType.symbol) {
    throw invalidNamespace('invalid collection name');
  }
  const name = stringOf(value);
  if (name === '') throw invalidNamespace('invalid collection name');
  return name;
}

/** The same for commands that complain of the namespace as a whole. Throws 28539 without a string, 28538 for an empty one. */
export function namespaceName(command: Value): string {
  const value = firstValue(command);
  if (value?.type !== BsonType.string) throw location(28539, 'need a valid database name');
  const name = stringOf(value);
  if (name === '') throw location(28538, 'need a non-empty collection name');
  return name;
}

export function invalidNamespace(message: string): CommandError {
  return new CommandError(73, 'InvalidNamespace', message);
}

/** Throws InvalidNamespace, in mongod's words. */
export function checkDatabaseName(db: string): void {
  if (!isDatabaseName(db)) throw invalidNamespace(`Invalid database name: '${db}'`);
}
