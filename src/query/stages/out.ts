import { BsonType } from '../../bson/types.ts';
import { CommandError, location } from '../errors.ts';
import { typeName } from '../expression/type-name.ts';
import type { StageParser } from './stage.ts';

/** `{$out: 'collection'}` would write: refused like every write in mongod's read-only mode. */
export const parseOut: StageParser = (specification) => {
  if (specification.type !== BsonType.string) {
    throw location(16990, `$out only supports a string argument, not ${typeName(specification)}`);
  }
  throw new CommandError(20, 'IllegalOperation', 'Cannot execute a write operation in read-only mode');
};
