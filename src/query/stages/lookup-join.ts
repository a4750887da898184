import { groupingKey } from '../../bson/grouping-key.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { compileMatcher } from '../match/compile.ts';
import { parseFilter } from '../match/parse.ts';
import { carryMetadata } from '../metadata.ts';
import { inFilter, joinFilter, matchStage } from './join-filter.ts';
import { setPath } from './set-path.ts';
import type { StageContext } from './stage.ts';
import { hostOf } from './host.ts';
import { matchedValues } from './matched-values.ts';
import { valuesAtPath } from './values-at-path.ts';

/** A join by equality. */
export interface Join {
  from: string;
  localPath: readonly string[];
  foreignField: string;
  as: readonly string[];
}

/** Documents found for one batch are held up to this; beyond, the batch is joined in halves. */
const heldBytes = 32 * 1024 * 1024;

interface Local {
  document: Value;
  values: Value[];
}

/** Adds to each document the array of those that join with it. Asks once for many documents: one scan or index search serves a batch. */
export async function* joined(input: Batches, join: Join, context: StageContext): Batches {
  for await (const batch of input) {
    context.signal.throwIfAborted();
    const locals = batch.map((document) => ({
      document,
      values: [...valuesAtPath(document, join.localPath)],
    }));
    yield* joinBatch(locals, join, context);
  }
}

async function* joinBatch(locals: Local[], join: Join, context: StageContext): Batches {
  const found = locals.length > 1 ? await findTogether(locals, join, context) : undefined;
  const [only] = locals;
  if (found !== undefined) {
    yield locals.map((local) => withArray(local, matchesOf(local, found, join, context), join));
  } else if (locals.length > 1) {
    const middle = locals.length >> 1;
    yield* joinBatch(locals.slice(0, middle), join, context);
    yield* joinBatch(locals.slice(middle), join, context);
  } else if (only !== undefined) {
    const filter = joinFilter(join.foreignField, only.values);
    const matches: Value[] = [];
    for await (const batch of find(filter, join, context)) matches.push(...batch);
    yield [withArray(only, matches, join)];
  }
}

/** The documents found for a batch, and where in them each value is. */
interface Found {
  documents: Value[];
  places: Map<string, number[]>;
}

/** All documents that join with any of the batch; undefined if that cannot be asked at once, or is too much to hold. */
async function findTogether(locals: Local[], join: Join, context: StageContext): Promise<Found | undefined> {
  const wanted = new Map<string, Value>();
  for (const { values } of locals) {
    // These match more than equal values, or are asked in another form.
    if (values.length === 0 || values.some((value) => !isPlain(value))) return undefined;
    for (const value of values) wanted.set(groupingKey(value, context.collator), value);
  }
  const found: Found = { documents: [], places: new Map() };
  const path = join.foreignField.split('.');
  let bytes = 0;
  for await (const batch of find(inFilter(join.foreignField, wanted.values()), join, context)) {
    context.signal.throwIfAborted();
    for (const document of batch) {
      const place = found.documents.push(document) - 1;
      for (const value of matchedValues(document, path)) {
        const key = groupingKey(value, context.collator);
        const places = found.places.get(key);
        if (places === undefined) found.places.set(key, [place]);
        else if (places.at(-1) !== place) places.push(place);
      }
      bytes += document.end - document.start;
    }
    if (bytes > heldBytes) return undefined;
  }
  return found;
}

function isPlain({ type }: Value): boolean {
  return (
    type !== BsonType.null &&
    type !== BsonType.undefined &&
    type !== BsonType.array &&
    type !== BsonType.regex
  );
}

function find(filter: Value, { from }: Join, context: StageContext): Batches {
  return hostOf(context).aggregate(context.db, from, [matchStage(filter)], context.collator);
}

/** Those that join with one document: by value, and then by the matcher, which has the last word. */
function matchesOf(
  { values }: Local,
  found: Found,
  { foreignField }: Join,
  { collator }: StageContext,
): Value[] {
  const places = new Set(values.flatMap((value) => found.places.get(groupingKey(value, collator)) ?? []));
  if (places.size === 0) return [];
  const matches = compileMatcher(parseFilter(joinFilter(foreignField, values), { collator }), { collator });
  const candidates = [...places].sort((a, b) => a - b).map((place) => found.documents[place] as Value);
  return candidates.filter(matches);
}

function withArray({ document }: Local, matches: Value[], { as }: Join): Value {
  const array = new DocumentBuilder();
  for (const match of matches) array.push(match);
  return carryMetadata(document, setPath(document, as, array.finishArray()));
}
