import { numberOf } from '../../bson/access.ts';
import { doubleValue } from '../../bson/make.ts';
import { isNumberType, BsonType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { location } from '../errors.ts';
import { toLong } from '../expression/coerce.ts';
import { addMetadata, carryMetadata, metadataOf } from '../metadata.ts';
import { noDocuments } from './batches.ts';
import { ownCopy } from './memory.ts';
import { comparatorOf, type Keyed } from './sort-keys.ts';
import { sortLimits } from './sort-limits.ts';
import { sorted, type SortPlan } from './sorter.ts';
import type { StageContext, StageParser } from './stage.ts';

/** `{$sample: {size: number}}`: that many documents at random, each as likely as the others. As in mongod a sort by a random number. */
export const parseSample: StageParser = (specification, context) => {
  const size = parseSize(specification);
  const plan = samplePlan(size, context);
  return [{ name: '$sample', run: (input) => (size === 0 ? noDocuments() : sorted(input, plan)) }];
};

function parseSize(specification: Value): number {
  if (specification.type !== BsonType.object) {
    throw location(28745, 'the $sample stage specification must be an object');
  }
  let size: number | undefined;
  for (const { name, value } of elements(specification)) {
    if (name !== 'size') throw location(28748, `unrecognized option to $sample: ${name}`);
    if (!isNumberType(value.type)) throw location(28746, 'size argument to $sample must be a number');
    size = Number(toLong(value));
    if (size < 0) throw location(28747, 'size argument to $sample must not be negative');
  }
  if (size === undefined) throw location(28749, '$sample stage must specify a size');
  return size;
}

function samplePlan(size: number, context: StageContext): SortPlan {
  return {
    ...sortLimits(context),
    limit: size,
    keyOf: (document) => keyedBy(document, Math.random()),
    keyOfRun: (document) => keyedBy(document, metadataOf(document)?.randVal ?? 0),
    compare: comparatorOf([{ path: undefined, meta: 'randVal', descending: true }], undefined),
    kept,
  };
}

function keyedBy(document: Value, randVal: number): Keyed {
  return { document, keys: [doubleValue(randVal)] };
}

/** The copy carries its number, as what `{$meta: 'randVal'}` reads and for its way through a run. */
function kept({ document, keys }: Keyed): Keyed {
  const copy = carryMetadata(document, ownCopy(document));
  return { document: addMetadata(copy, { randVal: numberOf(keys[0]) ?? 0 }), keys };
}
