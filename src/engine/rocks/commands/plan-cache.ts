import { BsonType } from '../../../bson/types.ts';
import { field } from '../../../bson/value.ts';
import { badValue } from '../../../query/errors.ts';
import { namespaceName } from '../options/collection-name.ts';
import { resolveCollator } from '../query/collation.ts';
import { compileQuery } from '../query/compiled-query.ts';
import { checkQueryRules } from '../query/query-rules.ts';
import { newReply } from '../reply.ts';
import type { CommandContext, Handler } from './command.ts';

/** Plans are not kept from one query to the next, so nothing is listed. */
function nothing(list: string): Handler {
  return ({ command }) => {
    namespaceName(command);
    return newReply().openArray(list).close();
  };
}

/** planCacheListPlans: of the query given; mongod looks at it only where there is a collection. */
const planCacheListPlans: Handler = (context) => {
  const { state, db, command } = context;
  const collection = state.catalog.collection(db, namespaceName(command));
  if (collection) {
    const filter = objectOption(context, 'query', 'required');
    if (filter === undefined) throw badValue('required field query missing');
    objectOption(context, 'sort', 'optional');
    objectOption(context, 'projection', 'optional');
    const collation = objectOption(context, 'collation', 'optional');
    checkQueryRules(compileQuery(filter, collection, resolveCollator(collation, collection)), {});
  }
  return newReply().openArray('plans').close();
};

function objectOption({ command }: CommandContext, name: string, need: 'required' | 'optional') {
  const value = field(command, name);
  if (value === undefined || value.type === BsonType.object) return value;
  throw badValue(`${need} field ${name} must be an object`);
}

export const planCacheCommands = {
  planCacheListFilters: nothing('filters'),
  planCacheListQueryShapes: nothing('shapes'),
  planCacheListPlans,
};
