import { BsonType } from '../../../bson/types.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { location } from '../../../query/errors.ts';
import { emptyDocument } from '../query/empty.ts';
import { prepareFind, runFind } from '../query/find-documents.ts';
import { newScanCounts } from '../scan/scan-counts.ts';
import type { CommandContext } from './command.ts';

/** What a command with scripts reads. */
export interface ScriptInput {
  name: string;
  filter: Value | undefined;
  sort: Value | undefined;
  limit: number | undefined;
  collation: Value | undefined;
}

/** The documents that mapReduce and group give to their scripts. */
export function scriptInput({ state, db, signal }: CommandContext, input: ScriptInput): Batches {
  const { name, filter, sort, limit, collation } = input;
  const prepared = prepareFind(state.catalog.collection(db, name), {
    name,
    filter: filter ?? emptyDocument,
    projection: undefined,
    sort,
    hint: undefined,
    collation,
    min: undefined,
    max: undefined,
    skip: 0,
    limit,
    batchSize: undefined,
    singleBatch: false,
    maxScan: undefined,
    returnKey: false,
    showRecordId: false,
    snapshot: false,
    tailable: false,
    awaitData: false,
    oplogReplay: false,
    noCursorTimeout: false,
    given: new Set(),
  });
  return runFind(state, prepared, newScanCounts(), signal);
}

/** Whether a value may be a function: code, with or without scope, or its text. */
function isFunction(value: Value | undefined): value is Value {
  return (
    value?.type === BsonType.code || value?.type === BsonType.codeWithScope || value?.type === BsonType.string
  );
}

/** A function that a command needs. Throws 10062 if it is none. */
export function functionOption(value: Value | undefined): Value {
  if (!isFunction(value)) throw location(10062, 'not code');
  return value;
}
