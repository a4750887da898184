import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError, failedToParse } from '../../../query/errors.ts';

/** Refuses the read concerns that a standalone mongod refuses. Throws CommandError. */
export function checkReadConcern(command: Value): void {
  const concern = field(command, 'readConcern');
  if (concern === undefined) return;
  if (!concern.isDocument()) throw failedToParse('readConcern field should be an object');
  const level = field(concern, 'level');
  if (level === undefined) return;
  if (level.type !== BsonType.string) {
    throw new CommandError(14, 'TypeMismatch', '"level" had the wrong type. Expected string');
  }
  switch (stringOf(level)) {
    case 'local':
      return;
    case 'majority':
      throw new CommandError(
        148,
        'ReadConcernMajorityNotEnabled',
        'Majority read concern requested, but server was not started with --enableMajorityReadConcern.',
      );
    case 'linearizable':
      throw new CommandError(
        123,
        'NotAReplicaSet',
        'node needs to be a replica set member to use read concern',
      );
    default:
      throw failedToParse("readConcern.level must be either 'local', 'majority' or 'linearizable'");
  }
}
