import { groupingKey } from '../../bson/grouping-key.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { printDocument } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { compileMatcher } from '../match/compile.ts';
import { parseFilter } from '../match/parse.ts';
import { carryMetadata } from '../metadata.ts';
import { Batch, fromDocuments, inBatches } from './batches.ts';
import { inFilter, joinFilter, matchStage } from './join-filter.ts';
import { setPath } from './set-path.ts';
import type { StageContext } from './stage.ts';
import { hostOf } from './host.ts';
import { largestDocument, ownCopy } from './memory.ts';
import { matchedValues } from './matched-values.ts';
import { valuesAtPath } from './values-at-path.ts';

/** A join by equality. */
export interface Join {
  from: string;
  localPath: readonly string[];
  foreignField: string;
  as: readonly string[];
  /** A document with many matches comes several times, each with an array of some of them. */
  inPieces: boolean;
}

/** Documents found for one batch are held up to this; beyond, the batch is joined in halves. */
const heldBytes = 32 * 1024 * 1024;

interface Local {
  document: Value;
  values: Value[];
}

/** Adds to each document the array of those that join with it. Asks once for many documents: one scan or index search serves a batch. */
export async function* joined(input: Batches, join: Join, context: StageContext): Batches {
  const alone = new Answers(join, context);
  for await (const batch of input) {
    context.signal.throwIfAborted();
    const locals = batch.map((document) => ({
      document,
      values: [...valuesAtPath(document, join.localPath)],
    }));
    yield* joinBatch(locals, alone, join, context);
  }
}

async function* joinBatch(locals: Local[], alone: Answers, join: Join, context: StageContext): Batches {
  const shared = locals.filter(canShare);
  const found = shared.length > 1 ? await findTogether(shared, join, context) : undefined;
  if (found === undefined && shared.length > 1) {
    const middle = locals.length >> 1;
    yield* joinBatch(locals.slice(0, middle), alone, join, context);
    yield* joinBatch(locals.slice(middle), alone, join, context);
    return;
  }
  const ready = new Batch();
  for (const local of locals) {
    if (found !== undefined && canShare(local)) {
      const matches = fromDocuments(matchesOf(local, found, join, context));
      for await (const part of parts(matches, local, join)) {
        if (ready.add(withArray(local, part, join))) yield ready.take();
      }
      continue;
    }
    // One at a time: an array of these may be large.
    if (!ready.isEmpty) yield ready.take();
    context.signal.throwIfAborted();
    for await (const part of parts(alone.of(local), local, join)) yield [withArray(local, part, join)];
  }
  if (!ready.isEmpty) yield ready.take();
}

/** The matches of one document as they are put into arrays: all in one, or a batch of them in each. */
async function* parts(matches: Batches, local: Local, join: Join): Batches {
  if (!join.inPieces) {
    yield await whole(matches, local, join);
    return;
  }
  let isEmpty = true;
  for await (const batch of matches) {
    isEmpty = false;
    yield* inBatches(batch);
  }
  if (isEmpty) yield [];
}

/** Throws 4568 for more than a document may hold, as mongod does. */
async function whole(matches: Batches, { values }: Local, { from, foreignField }: Join): Promise<Value[]> {
  const all: Value[] = [];
  let bytes = 0;
  for await (const batch of matches) {
    for (const match of batch) bytes += match.end - match.start;
    if (bytes > largestDocument) {
      const asked = printDocument(matchStage(joinFilter(foreignField, values)));
      throw location(
        4568,
        `Total size of documents in ${from} matching ${asked} exceeds maximum document size`,
      );
    }
    all.push(...batch);
  }
  return all;
}

/** Others match more than equal values, or are asked in another form. */
function canShare({ values }: Local): boolean {
  return values.length > 0 && values.every(isPlain);
}

/** What is asked for one document only. Documents with the same values, often none, share an answer. */
class Answers {
  readonly #join: Join;
  readonly #context: StageContext;
  readonly #known = new Map<string, Value[]>();
  #bytes = 0;

  constructor(join: Join, context: StageContext) {
    this.#join = join;
    this.#context = context;
  }

  async *of({ values }: Local): Batches {
    const key = values.map((value) => nested(groupingKey(value, this.#context.collator))).join('');
    const known = this.#known.get(key);
    if (known !== undefined) {
      yield* fromDocuments(known);
      return;
    }
    const copies: Value[] = [];
    let bytes = key.length + 64;
    const fits = (): boolean => this.#bytes + bytes <= heldBytes;
    for await (const batch of find(joinFilter(this.#join.foreignField, values), this.#join, this.#context)) {
      this.#context.signal.throwIfAborted();
      for (const match of batch) bytes += match.end - match.start;
      if (fits()) copies.push(...batch.map(ownCopy));
      else copies.length = 0;
      yield batch;
    }
    if (!fits()) return;
    this.#bytes += bytes;
    this.#known.set(key, copies);
  }
}

function nested(key: string): string {
  return `${key.length};${key}`;
}

/** The documents found for a batch, and where in them each value is. */
interface Found {
  documents: Value[];
  places: Map<string, number[]>;
}

/** All documents that join with any of the batch; undefined if that is too much to hold. */
async function findTogether(locals: Local[], join: Join, context: StageContext): Promise<Found | undefined> {
  const wanted = new Map<string, Value>();
  for (const { values } of locals) {
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
