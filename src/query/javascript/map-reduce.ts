import { DocumentBuilder } from '../../bson/builder.ts';
import type { Collator } from '../../bson/compare.ts';
import { compareValues } from '../../bson/compare.ts';
import { groupingKey } from '../../bson/grouping-key.ts';
import { nullValue } from '../../bson/make.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { decode } from './decode.ts';
import type { Encoded } from './encode.ts';
import { withSandbox, type Sandbox } from './sandbox.ts';

/** The functions of a mapReduce command. */
export interface MapReduce {
  map: Value;
  reduce: Value;
  finalize: Value | undefined;
  /** A document whose fields the functions see as globals. */
  scope: Value | undefined;
  /** Values stay in the interpreter between map and reduce, where arrays may be reduced to. */
  jsMode?: boolean;
  collator: Collator | undefined;
}

export interface MapReduceResult {
  /** `{_id, value}` documents in the order of their keys. */
  results: Value[];
  counts: { input: number; emit: number; reduce: number; output: number };
}

interface Group {
  key: Value;
  values: Value[];
}

/** This many emitted values are held before each key's are reduced to one. */
const heldValues = 50_000;

/** Runs a mapReduce over documents, on a thread that nobody else waits for. Throws CommandError. */
export function mapReduce(documents: Batches, command: MapReduce): Promise<MapReduceResult> {
  return withSandbox((sandbox) => runIn(sandbox, documents, command));
}

async function runIn(
  sandbox: Sandbox,
  documents: Batches,
  { map, reduce, finalize, scope, jsMode, collator }: MapReduce,
): Promise<MapReduceResult> {
  if (scope) sandbox.setGlobals(scope);
  const mapper = sandbox.compile(map);
  const reducer = sandbox.compile(reduce);
  const finalizer = finalize && sandbox.compile(finalize);
  const counts = { input: 0, emit: 0, reduce: 0, output: 0 };
  const groups = new Map<string, Group>();
  let held = 0;

  const reduceAll = (): void => {
    for (const group of groups.values()) {
      if (group.values.length < 2) continue;
      const list = new DocumentBuilder().push(group.key).push(arrayOf(group.values)).finishArray();
      const reduced = sandbox.call(reducer, undefined, list);
      if (reduced.isArray() && !jsMode) throw location(10075, 'reduce -> multiple not supported yet');
      group.values = [reduced];
      counts.reduce++;
    }
    held = groups.size;
  };

  for await (const batch of documents) {
    for (const document of batch) {
      counts.input++;
      sandbox.call(mapper, document, arrayOf([]));
      const emitted = JSON.parse(String(sandbox.run('__takeEmitted'))) as [Encoded, Encoded][];
      for (const [encodedKey, encodedValue] of emitted) {
        const key = decode(encodedKey);
        const id = groupingKey(key, collator);
        const group = groups.get(id);
        if (group) group.values.push(decode(encodedValue));
        else groups.set(id, { key, values: [decode(encodedValue)] });
        counts.emit++;
        held++;
      }
    }
    if (held > heldValues && held > 2 * groups.size) reduceAll();
  }
  reduceAll();
  const ordered = [...groups.values()].sort((a, b) => compareValues(a.key, b.key, collator));
  const results = ordered.map(({ key, values: [value = nullValue] }) => {
    const last =
      finalizer === undefined
        ? value
        : sandbox.call(finalizer, undefined, new DocumentBuilder().push(key).push(value).finishArray());
    return new DocumentBuilder().append('_id', key).append('value', last).finish();
  });
  counts.output = results.length;
  return { results, counts };
}

function arrayOf(values: Value[]): Value {
  const builder = new DocumentBuilder();
  for (const value of values) builder.push(value);
  return builder.finishArray();
}
