import { DocumentBuilder } from '../../bson/builder.ts';
import { groupingKey } from '../../bson/grouping-key.ts';
import { longValue } from '../../bson/make.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, field, items, type Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { Variables } from '../expression/variables.ts';
import { carryMetadata } from '../metadata.ts';
import { parseGraphLookupSpec, type GraphLookup } from './graph-lookup-spec.ts';
import { inFilter, matchStage } from './join-filter.ts';
import { setPath } from './set-path.ts';
import type { StageContext, StageParser } from './stage.ts';
import { hostOf } from './host.ts';
import { valuesAlongPath } from './values-at-path.ts';

/** `{$graphLookup: {from, startWith, connectFromField, connectToField, as, maxDepth, depthField, restrictSearchWithMatch}}`. */
export const parseGraphLookup: StageParser = (specification, context) => {
  const graph = parseGraphLookupSpec(specification, context);
  return [
    {
      name: '$graphLookup',
      expressions: [graph.startWith],
      run: (input) => searched(input, graph, context),
    },
  ];
};

async function* searched(input: Batches, graph: GraphLookup, context: StageContext): Batches {
  for await (const batch of input) {
    for (const document of batch) {
      const found = new DocumentBuilder();
      for (const visited of await search(document, graph, context)) found.push(visited);
      yield [carryMetadata(document, setPath(document, graph.as, found.finishArray()))];
    }
  }
}

/** The field stands last, under the name as it is given: a dot does not lead inside, and an older field of that name stays. */
function withDepth(document: Value, name: string, depth: bigint): Value {
  const builder = new DocumentBuilder(document.end - document.start + 32);
  for (const element of elements(document)) builder.append(element.name, element.value);
  return builder.append(name, longValue(depth)).finish();
}

/** Breadth first, each document once by its `_id`, with one query for each depth. */
async function search(document: Value, graph: GraphLookup, context: StageContext): Promise<Iterable<Value>> {
  const { collator } = context;
  const visited = new Map<string, Value>();
  let frontier = new Map<string, Value>();
  const start = graph.startWith.evaluate(new Variables(document));
  const starts = start?.type === BsonType.array ? items(start) : start === undefined ? [] : [start];
  for (const value of starts) frontier.set(groupingKey(value, collator), value);
  let bytes = 0;
  for (
    let depth = 0n;
    frontier.size > 0 && (graph.maxDepth === undefined || depth <= graph.maxDepth);
    depth++
  ) {
    const query = matchStage(inFilter(graph.connectTo, frontier.values()), graph.restriction);
    frontier = new Map();
    const found = hostOf(context).aggregate(context.db, graph.from, [query], collator);
    for await (const batch of found) {
      context.signal.throwIfAborted();
      for (const next of batch) {
        const id = field(next, '_id');
        if (id === undefined) {
          throw location(
            40271,
            `Documents in the '${context.db}.${graph.from}' namespace must contain an _id for de-duplication in $graphLookup`,
          );
        }
        const key = groupingKey(id);
        if (visited.has(key)) continue;
        visited.set(key, graph.depthField === undefined ? next : withDepth(next, graph.depthField, depth));
        bytes += next.end - next.start;
        for (const value of valuesAlongPath(next, graph.connectFrom)) {
          frontier.set(groupingKey(value, collator), value);
        }
      }
      if (bytes > context.memoryLimit) {
        throw location(40099, '$graphLookup reached maximum memory consumption');
      }
    }
  }
  return visited.values();
}
