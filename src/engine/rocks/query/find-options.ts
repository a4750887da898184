import { boolOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { badValue, failedToParse } from '../../../query/errors.ts';
import { collectionName, firstValue, invalidNamespace } from '../options/collection-name.ts';
import { readOptions, type OptionKind } from '../options/command-options.ts';
import { toCount, toUncheckedLong } from '../options/numbers.ts';
import { emptyDocument } from './empty.ts';
import { naturalDirection } from './hinted-plan.ts';

/** A find command, checked. */
export interface FindOptions {
  name: string;
  filter: Value;
  /** Undefined if absent or empty. */
  projection: Value | undefined;
  sort: Value | undefined;
  hint: Value | undefined;
  collation: Value | undefined;
  min: Value | undefined;
  max: Value | undefined;
  skip: number;
  /** Undefined is no limit. */
  limit: number | undefined;
  batchSize: number | undefined;
  singleBatch: boolean;
  maxScan: number | undefined;
  returnKey: boolean;
  showRecordId: boolean;
  snapshot: boolean;
  tailable: boolean;
  awaitData: boolean;
  oplogReplay: boolean;
  noCursorTimeout: boolean;
  /** The names of the options that were given, without flags that are false. */
  given: ReadonlySet<string>;
}

const kinds: Readonly<Record<string, OptionKind>> = {
  filter: 'object',
  projection: 'object',
  sort: 'object',
  hint: 'any',
  readConcern: 'any',
  collation: 'object',
  skip: 'number',
  limit: 'number',
  batchSize: 'number',
  ntoreturn: 'number',
  singleBatch: 'bool',
  comment: 'string',
  maxScan: 'number',
  maxTimeMS: 'any',
  max: 'object',
  min: 'object',
  returnKey: 'bool',
  showRecordId: 'bool',
  snapshot: 'bool',
  tailable: 'bool',
  oplogReplay: 'bool',
  noCursorTimeout: 'bool',
  awaitData: 'bool',
  allowPartialResults: 'bool',
  shardVersion: 'any',
  term: 'long',
};

/** Reads and checks a find command. Throws CommandError with mongod 3.4's codes. */
export function readFindOptions(command: Value): FindOptions {
  const name = findName(command);
  const options = readOptions(command, kinds);
  const document = (option: string): Value | undefined => nonEmpty(options.get(option));
  const flag = (option: string): boolean => {
    const value = options.get(option);
    return value !== undefined && boolOf(value);
  };
  if (options.has('term')) throw badValue("cannot supply 'term' without active replication");
  const hint = options.get('hint');
  if (hint && hint.type !== BsonType.string && !hint.isDocument()) {
    throw failedToParse('hint must be either a string or nested object');
  }
  // The old protocol's number to return: the size of the first batch.
  const ntoreturn = count(options, 'ntoreturn', 'NToReturn');
  const found: FindOptions = {
    name,
    filter: options.get('filter') ?? emptyDocument,
    projection: document('projection'),
    sort: document('sort'),
    hint: hint?.isDocument() === true ? nonEmpty(hint) : hint,
    collation: document('collation'),
    min: document('min'),
    max: document('max'),
    skip: count(options, 'skip', 'Skip') ?? 0,
    limit: count(options, 'limit', 'Limit') || undefined,
    batchSize: count(options, 'batchSize', 'BatchSize') ?? ntoreturn,
    singleBatch: flag('singleBatch'),
    maxScan: count(options, 'maxScan', 'MaxScan') || undefined,
    returnKey: flag('returnKey'),
    showRecordId: flag('showRecordId'),
    snapshot: flag('snapshot'),
    tailable: flag('tailable'),
    awaitData: flag('awaitData'),
    oplogReplay: flag('oplogReplay'),
    noCursorTimeout: flag('noCursorTimeout'),
    given: new Set([...options.keys()].filter((name) => kinds[name] !== 'bool' || flag(name))),
  };
  if (ntoreturn && (found.limit ?? count(options, 'batchSize', 'BatchSize')) !== undefined) {
    throw badValue("'limit' or 'batchSize' fields can not be set with 'ntoreturn' field.");
  }
  check(found);
  return found;
}

/** The collection of a find, which unlike other commands takes no symbol and none of the command collections. */
function findName(command: Value): string {
  const name = collectionName(command);
  if (firstValue(command)?.type === BsonType.string && name !== '$cmd' && !name.startsWith('$cmd.sys')) {
    return name;
  }
  throw invalidNamespace(`Invalid collection name: ${name}`);
}

function nonEmpty(document: Value | undefined): Value | undefined {
  return document && document.end - document.start > 5 ? document : undefined;
}

function count(options: Map<string, Value>, name: string, title: string): number | undefined {
  const value = toUncheckedLong(options.get(name));
  if (value === undefined) return undefined;
  if (value < 0n) throw badValue(`${title} value must be non-negative, but received: ${value}`);
  return toCount(value);
}

function check(options: FindOptions): void {
  const { min, max, tailable, awaitData, sort, snapshot, hint } = options;
  if (min && max && fieldNames(min) !== fieldNames(max)) {
    throw badValue('min and max must have the same field names');
  }
  if (awaitData && !tailable) throw badValue('Cannot set awaitData without tailable');
  if (tailable && sort && naturalDirection(sort) !== 'forward') {
    throw badValue('cannot use tailable option with a sort other than {$natural: 1}');
  }
  if (tailable && options.singleBatch) {
    throw badValue("cannot use tailable option with the 'singleBatch' option");
  }
  if (snapshot && sort) throw badValue("E12001 can't use sort with $snapshot");
  if (snapshot && hint) throw badValue("E12002 can't use hint with $snapshot");
}

function fieldNames(document: Value): string {
  return JSON.stringify([...elements(document)].map(({ name }) => name));
}
