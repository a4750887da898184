import type { Value } from '../../../bson/value.ts';
import { elements, field } from '../../../bson/value.ts';
import { CommandError, failedToParse } from '../../../query/errors.ts';
import { checkReadConcern } from './read-concern.ts';

/** The commands that read at a read concern. */
const withReadConcern = new Set([
  'aggregate',
  'count',
  'distinct',
  'find',
  'geoNear',
  'getMore',
  'group',
  'parallelCollectionScan',
]);

/**
 * Checks what mongod checks of every command before the command's own options: no field twice, a read concern that a
 * standalone server has, no write concern. Throws CommandError.
 */
export function checkCommonOptions(name: string, command: Value): void {
  const names = new Set<string>();
  for (const element of elements(command)) {
    if (names.has(element.name)) {
      throw failedToParse(`Parsed command object contains duplicate top level key: ${element.name}`);
    }
    names.add(element.name);
  }
  if (names.has('$maxTimeMS')) {
    throw invalidOptions('no such command option $maxTimeMs; use maxTimeMS instead');
  }
  const concern = field(command, 'readConcern');
  if (concern) checkReadConcern(concern, withReadConcern.has(name));
  if (names.has('writeConcern')) throw invalidOptions('Command does not support writeConcern');
}

function invalidOptions(message: string): CommandError {
  return new CommandError(72, 'InvalidOptions', message);
}
