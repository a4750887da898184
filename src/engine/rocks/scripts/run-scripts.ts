import { boolOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Collator } from '../../../bson/compare.ts';
import { nullValue } from '../../../bson/make.ts';
import { field, type Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { groupDocuments } from '../../../query/javascript/group.ts';
import { mapReduce } from '../../../query/javascript/map-reduce.ts';

/** Runs a command's scripts over documents: its options and its result as documents of the fields of a reply. */
export type RunScripts = (
  options: Value,
  collator: Collator | undefined,
  documents: Batches,
) => Promise<Value>;

/** `{key, keyFunction, initial, reduce, finalize}` to `{retval, count, keys}`. Throws CommandError. */
export const runGroup: RunScripts = async (options, collator, documents) => {
  const { retval, count } = await groupDocuments(documents, {
    key: field(options, 'key'),
    keyFunction: field(options, 'keyFunction'),
    initial: field(options, 'initial') ?? nullValue,
    reduce: field(options, 'reduce') ?? nullValue,
    finalize: field(options, 'finalize'),
    collator,
  });
  const result = new DocumentBuilder(4096).openArray('retval');
  for (const each of retval) result.push(each);
  return result.close().long('count', BigInt(count)).long('keys', BigInt(retval.length)).finish();
};

/** `{map, reduce, finalize, scope, jsMode}` to `{results, counts}`. Throws CommandError. */
export const runMapReduce: RunScripts = async (options, collator, documents) => {
  const jsMode = field(options, 'jsMode');
  const { results, counts } = await mapReduce(documents, {
    map: field(options, 'map') ?? nullValue,
    reduce: field(options, 'reduce') ?? nullValue,
    finalize: field(options, 'finalize'),
    scope: field(options, 'scope'),
    jsMode: jsMode !== undefined && boolOf(jsMode),
    collator,
  });
  const result = new DocumentBuilder(4096).openArray('results');
  for (const each of results) result.push(each);
  return result
    .close()
    .openDocument('counts')
    .int('input', counts.input)
    .int('emit', counts.emit)
    .int('reduce', counts.reduce)
    .int('output', counts.output)
    .close()
    .finish();
};
