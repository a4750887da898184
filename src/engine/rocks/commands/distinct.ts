import { stringOf } from '../../../bson/access.ts';
import { groupingKey } from '../../../bson/grouping-key.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { CommandError, location } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { checkReadConcern } from '../options/read-concern.ts';
import { resolveCollator } from '../query/collation.ts';
import { compileQuery } from '../query/compiled-query.ts';
import { distinctValues } from '../query/distinct-values.ts';
import { emptyDocument } from '../query/empty.ts';
import { matched } from '../query/matched.ts';
import { planQuery } from '../query/plan-query.ts';
import { readPlan } from '../query/plan-source.ts';
import { newReply } from '../reply.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import { typeName } from '../options/type-name.ts';
import { documentOption } from './count.ts';
import type { Handler } from './command.ts';

/** distinct: the values at a path, items of arrays one by one. */
const distinct: Handler = async (context) => {
  const { state, db, command, signal } = context;
  const first = firstValue(command);
  if (first?.type !== BsonType.string) throw location(28539, 'need a valid database name');
  const name = stringOf(first);
  const { key, filter } = readOptions(command);
  checkReadConcern(command);
  const collection = state.catalog.collection(db, name);
  const collator = resolveCollator(documentOption(command, 'collation'), collection);
  const query = compileQuery(filter, collection, collator);
  const reply = newReply(4096).openArray('values');
  if (collection) {
    const { winning } = planQuery(collection, {
      query,
      sort: undefined,
      hint: undefined,
      min: undefined,
      max: undefined,
      collator,
    });
    const seen = new Set<string>();
    const source = readPlan(state, collection, winning, { signal }, newScanCounts());
    for await (const batch of matched(source, query, signal)) {
      for (const document of batch) {
        for (const value of distinctValues(document, key)) {
          const id = groupingKey(value, collator);
          if (seen.has(id)) continue;
          seen.add(id);
          if (reply.size > 16 * 1024 * 1024) throw location(17217, 'distinct too big, 16mb cap');
          reply.push(value);
        }
      }
    }
  }
  return reply.close();
};

function readOptions(command: Value): { key: string; filter: Value } {
  const key = field(command, 'key');
  if (key === undefined) throw new CommandError(4, 'NoSuchKey', 'Missing expected field "key"');
  if (key.type !== BsonType.string) throw wrongType('key', 'string', key);
  const query = field(command, 'query');
  if (query !== undefined && !query.isDocument() && query.type !== BsonType.null) {
    throw wrongType('query', 'object or null', query);
  }
  return { key: stringOf(key), filter: query?.isDocument() === true ? query : emptyDocument };
}

function wrongType(name: string, expected: string, value: Value): CommandError {
  const message = `"${name}" had the wrong type. Expected ${expected}, found ${typeName(value.type)}`;
  return new CommandError(14, 'TypeMismatch', message);
}

export const distinctCommands = { distinct };
