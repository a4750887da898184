import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { CommandError, failedToParse } from '../../../query/errors.ts';
import { typeName } from '../../../query/match/type-codes.ts';

/** Refuses the read concerns that a standalone mongod refuses; `supported`: the command may have one. Throws CommandError. */
export function checkReadConcern(concern: Value, supported: boolean): void {
  if (!concern.isDocument()) throw failedToParse('readConcern field should be an object');
  let level = 'local';
  let afterTime = false;
  for (const { name, value } of elements(concern)) {
    if (name === 'level') level = levelOf(value);
    else if (name === 'afterOpTime') {
      if (!value.isDocument()) throw wrongType(name, 'object', value);
      afterTime = true;
    } else throw new CommandError(72, 'InvalidOptions', `Unrecognized option in readConcern: ${name}`);
  }
  if (level === 'local' && !afterTime) return;
  if (!supported) throw new CommandError(72, 'InvalidOptions', 'Command does not support read concern');
  if (level === 'majority') {
    throw new CommandError(
      148,
      'ReadConcernMajorityNotEnabled',
      'Majority read concern requested, but server was not started with --enableMajorityReadConcern.',
    );
  }
  throw new CommandError(123, 'NotAReplicaSet', 'node needs to be a replica set member to use read concern');
}

function levelOf(value: Value): string {
  if (value.type !== BsonType.string) throw wrongType('level', 'string', value);
  const level = stringOf(value);
  if (level === 'local' || level === 'majority' || level === 'linearizable') return level;
  throw failedToParse("readConcern.level must be either 'local', 'majority' or 'linearizable'");
}

function wrongType(name: string, expected: string, { type }: Value): CommandError {
  const message = `"${name}" had the wrong type. Expected ${expected}, found ${typeName(type)}`;
  return new CommandError(14, 'TypeMismatch', message);
}
