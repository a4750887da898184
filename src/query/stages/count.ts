import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { BsonType } from '../../bson/types.ts';
import { location } from '../errors.ts';
import { parseGroup } from './group.ts';
import { parseProject } from './project.ts';
import type { StageParser } from './stage.ts';

/** `{$count: 'name'}`: one document with the number of documents, none if there are none. A $group and a $project, as in mongod. */
export const parseCount: StageParser = (specification, context) => {
  const name = specification.type === BsonType.string ? stringOf(specification) : '';
  if (specification.type !== BsonType.string) {
    throw location(40156, 'the count field must be a non-empty string');
  }
  if (name === '') throw location(40157, 'the count field must be a non-empty string');
  if (name.startsWith('$')) throw location(40158, 'the count field cannot be a $-prefixed path');
  if (name.includes('\0')) throw location(40159, 'the count field cannot contain a null byte');
  if (name.includes('.')) throw location(40160, "the count field cannot contain '.'");
  const group = new DocumentBuilder().null('_id').openDocument(name).int('$sum', 1).close().finish();
  const project = new DocumentBuilder().int('_id', 0).finish();
  return [...parseGroup(group, context), ...parseProject(project, context)];
};
