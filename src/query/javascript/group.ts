import { DocumentBuilder } from '../../bson/builder.ts';
import type { Collator } from '../../bson/compare.ts';
import { groupingKey } from '../../bson/grouping-key.ts';
import { nullValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { decode } from './decode.ts';
import { encode, type Encoded } from './encode.ts';
import { withSandbox, type Sandbox } from './sandbox.ts';

/** The parts of a group command. */
export interface GroupQuery {
  /** The fields to group by, as a document of their paths; undefined with `keyFunction`, or for one group of all. */
  key: Value | undefined;
  keyFunction: Value | undefined;
  initial: Value;
  reduce: Value;
  finalize: Value | undefined;
  collator: Collator | undefined;
}

export interface GroupResult {
  retval: Value[];
  count: number;
}

/** mongod's limit. */
const mostKeys = 20_000;

/** Runs a group command over documents, on a thread that nobody else waits for. Throws CommandError. */
export function groupDocuments(documents: Batches, query: GroupQuery): Promise<GroupResult> {
  return withSandbox((sandbox) => runIn(sandbox, documents, query));
}

async function runIn(
  sandbox: Sandbox,
  documents: Batches,
  { key, keyFunction, initial, reduce, finalize, collator }: GroupQuery,
): Promise<GroupResult> {
  const reducer = sandbox.compile(reduce);
  const keyOf = keyFunction && sandbox.compile(keyFunction);
  const finalizer = finalize ? sandbox.compile(finalize) : -1;
  const start = encode(initial);
  const places = new Map<string, number>();
  let count = 0;
  for await (const batch of documents) {
    for (const document of batch) {
      count++;
      const group =
        keyOf === undefined
          ? extract(document, key)
          : sandbox.call(keyOf, document, new DocumentBuilder().push(document).finishArray());
      const id = groupingKey(group, collator);
      const place = places.get(id) ?? places.size;
      places.set(id, place);
      if (places.size > mostKeys) {
        throw location(17203, "group() can't handle more than 20000 unique keys");
      }
      sandbox.run('__group', place, encode(group), start, reducer, encode(document));
    }
  }
  const retval = Array.from({ length: places.size }, (_, place) =>
    decode(JSON.parse(String(sandbox.run('__finishGroup', place, finalizer))) as Encoded),
  );
  return { retval, count };
}

/** The fields of a key pattern, null where the document has none. */
function extract(document: Value, key: Value | undefined): Value {
  const builder = new DocumentBuilder();
  for (const { name } of key ? elements(key) : []) builder.append(name, dotted(document, name) ?? nullValue);
  return builder.finish();
}

function dotted(document: Value, path: string): Value | undefined {
  const direct = field(document, path);
  if (direct !== undefined) return direct;
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const next = field(document, path.slice(0, dot));
  const inside = next?.type === BsonType.object || next?.type === BsonType.array;
  return inside ? dotted(next, path.slice(dot + 1)) : undefined;
}
