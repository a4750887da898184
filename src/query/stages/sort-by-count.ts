import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { parseGroup } from './group.ts';
import { parseSort } from './sort.ts';
import type { StageParser } from './stage.ts';

/** `{$sortByCount: expression}`: the values of the expression with their counts, the most frequent first. */
export const parseSortByCount: StageParser = (specification, context) => {
  checkExpression(specification);
  const group = new DocumentBuilder()
    .append('_id', specification)
    .openDocument('count')
    .int('$sum', 1)
    .close()
    .finish();
  const sort = new DocumentBuilder().int('count', -1).finish();
  return [...parseGroup(group, context), ...parseSort(sort, context)];
};

function checkExpression(value: Value): void {
  const wrong =
    'the sortByCount field must be defined as a $-prefixed path or an expression inside an object';
  if (value.type === BsonType.object) {
    const [first] = elements(value);
    if (first?.name.startsWith('$') !== true) throw location(40147, wrong);
  } else if (value.type === BsonType.string) {
    if (!stringOf(value).startsWith('$')) throw location(40148, wrong);
  } else throw location(40149, 'the sortByCount field must be specified as a string or as an object');
}
