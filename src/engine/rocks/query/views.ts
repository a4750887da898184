import { DocumentBuilder } from '../../../bson/builder.ts';
import { parseCollation, sameCollation } from '../../../query/collation.ts';
import { longValue, stringValue } from '../../../bson/make.ts';
import type { Value } from '../../../bson/value.ts';
import { badValue, CommandError } from '../../../query/errors.ts';
import type { CountOptions } from './count-options.ts';
import type { FindOptions } from './find-options.ts';
import { naturalDirection } from './hinted-plan.ts';
import type { ResolvedView } from './resolved-view.ts';

/** The options of find that mongod 3.4 refuses on a view, in the order in which it looks for them. */
const refused = [
  'min',
  'max',
  'maxScan',
  'returnKey',
  'hint',
  'comment',
  'showRecordId',
  'snapshot',
  'tailable',
  'oplogReplay',
  'noCursorTimeout',
  'awaitData',
  'allowPartialResults',
] as const;

/** The stages that a find on a view adds to the view's. Throws CommandError for options that a view refuses. */
export function findStages(options: FindOptions): Value[] {
  for (const name of refused) {
    if (!options.given.has(name)) continue;
    const isNone = name in options && options[name as keyof FindOptions] === undefined;
    if (!isNone) throw unsupported(`Option ${name}`);
  }
  if (options.given.has('ntoreturn')) {
    throw badValue('Cannot convert to an aggregation if ntoreturn is set.');
  }
  if (options.singleBatch && options.limit !== 1) throw unsupported('Option singleBatch');
  const stages: Value[] = [stage('$match', options.filter)];
  if (options.sort) {
    if (naturalDirection(options.sort)) throw unsupported('Sort option $natural');
    stages.push(stage('$sort', options.sort));
  }
  if (options.skip > 0) stages.push(stage('$skip', longValue(BigInt(options.skip))));
  if (options.limit !== undefined) stages.push(stage('$limit', longValue(BigInt(options.limit))));
  if (options.projection) stages.push(stage('$project', options.projection));
  return stages;
}

/**
 * The stages that a count on a view adds to the view's: they end in one document with the `count`, or none where it is 0. Throws
 * CommandError for a hint.
 */
export function countStages({ filter, hint, skip, limit }: CountOptions): Value[] {
  if (hint) throw unsupported('Option hint');
  const stages: Value[] = [stage('$match', filter)];
  if (skip !== undefined) stages.push(stage('$skip', longValue(skip)));
  if (limit !== undefined) stages.push(stage('$limit', longValue(limit)));
  return [...stages, stage('$count', stringValue('count'))];
}

/** The stages that a distinct on a view adds to the view's, so that paths through arrays find other values than in a collection. */
export function distinctStages(key: string, filter: Value): Value[] {
  const path = `$${key}`;
  const unwind = new DocumentBuilder()
    .openDocument('$unwind')
    .string('path', path)
    .bool('preserveNullAndEmptyArrays', true)
    .close();
  const group = new DocumentBuilder().openDocument('$group').null('_id');
  group.openDocument('distinct').string('$addToSet', path).close().close();
  return [stage('$match', filter), unwind.finish(), group.finish()];
}

function unsupported(what: string): CommandError {
  return new CommandError(168, 'InvalidPipelineOperator', `${what} not supported in aggregation.`);
}

/** A stage document. */
export function stage(name: string, value: Value): Value {
  return new DocumentBuilder().append(name, value).finish();
}

/** Refuses a collation that is not the view's own. Throws OptionNotSupportedOnView. */
export function checkViewCollation(given: Value | undefined, view: ResolvedView): void {
  if (given === undefined || given.end - given.start <= 5) return;
  const own = view.collation && parseCollation(view.collation);
  if (sameCollation(parseCollation(given), own)) return;
  throw new CommandError(167, 'OptionNotSupportedOnView', "Cannot override a view's default collation");
}
