import type { Accumulator } from '../accumulator/accumulator.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { location } from '../errors.ts';
import { createScope } from '../expression/parse.ts';
import { Variables } from '../expression/variables.ts';
import { inBatches } from './batches.ts';
import { parseGroupSpec, type Field, type GroupIdOf } from './group-spec.ts';
import { documentOverhead } from './memory.ts';
import { SpillFile } from './spill.ts';
import type { StageContext, StageParser } from './stage.ts';
import { hostOf } from './stats.ts';

interface Group {
  id: Value;
  accumulators: Accumulator[];
}

interface Grouping {
  id: GroupIdOf;
  fields: Field[];
  context: StageContext;
}

/** `{$group: {_id: expression, field: {$accumulator: expression}, ...}}`: a document for each group, in the order in which they first come. */
export const parseGroup: StageParser = (specification, context) => {
  const { id, fields } = parseGroupSpec(specification, createScope(context.collator));
  return [
    {
      name: '$group',
      expressions: [...id.expressions, ...fields.map(({ expression }) => expression)],
      run: (input) => grouped(input, { id, fields, context }, 0),
    },
  ];
};

const partitions = 16;

/**
 * Groups in memory; once the groups fill it, documents of further groups are put aside by their key, and each part is grouped
 * afterwards. A group's documents are so taken in their own order.
 */
async function* grouped(input: Batches, grouping: Grouping, level: number): Batches {
  const table = new GroupTable(grouping);
  const aside: (SpillFile | undefined)[] = [];
  const { signal } = grouping.context;
  try {
    for await (const batch of input) {
      signal.throwIfAborted();
      for (const document of batch) {
        const left = table.add(document);
        if (left === undefined) continue;
        const part = hash(left, level) % partitions;
        aside[part] ??= new SpillFile(await hostOf(grouping.context).scratchDirectory());
        await aside[part].write(document);
      }
    }
    yield* inBatches(table.results());
    table.clear();
    for (const [index, part] of aside.entries()) {
      if (part === undefined) continue;
      yield* grouped(part.read(), grouping, level + 1);
      await part.remove();
      aside[index] = undefined;
    }
  } finally {
    for (const part of aside) await part?.remove();
  }
}

class GroupTable {
  readonly #groups = new Map<string, Group>();
  readonly #grouping: Grouping;
  readonly #variables = new Variables();
  #bytes = 0;
  #full = false;

  constructor(grouping: Grouping) {
    this.#grouping = grouping;
  }

  /** Adds a document to its group. Returns the key of a new group for which there is no room, without adding it. */
  add(document: Value): string | undefined {
    const { id, fields } = this.#grouping;
    this.#variables.setRoot(document);
    const identity = id.of(this.#variables);
    let group = this.#groups.get(identity.key);
    if (group === undefined) {
      if (this.#full) return identity.key;
      group = {
        id: identity.value(),
        accumulators: fields.map(({ accumulation }) => accumulation.create()),
      };
      this.#groups.set(identity.key, group);
      this.#bytes += identity.key.length + group.id.end - group.id.start + documentOverhead;
      for (const { size } of group.accumulators) this.#bytes += size;
    }
    for (const [index, { expression }] of fields.entries()) {
      const accumulator = group.accumulators[index] as Accumulator;
      const before = accumulator.size;
      accumulator.add(expression.evaluate(this.#variables));
      this.#bytes += accumulator.size - before;
    }
    if (!this.#full && this.#bytes > this.#grouping.context.memoryLimit) this.#fill();
    return undefined;
  }

  #fill(): void {
    if (!this.#grouping.context.allowDiskUse) {
      throw location(
        16945,
        "Exceeded memory limit for $group, but didn't allow external sort. Pass allowDiskUse:true to opt in.",
      );
    }
    this.#full = true;
  }

  *results(): Generator<Value> {
    const { fields } = this.#grouping;
    for (const { id, accumulators } of this.#groups.values()) {
      const builder = new DocumentBuilder().append('_id', id);
      for (const [index, { accumulation }] of fields.entries()) {
        builder.append(accumulation.field, (accumulators[index] as Accumulator).result());
      }
      yield builder.finish();
    }
  }

  clear(): void {
    this.#groups.clear();
  }
}

/** FNV-1a, with a different start for each level so that a part splits up again. */
function hash(key: string, level: number): number {
  let state = 0x811c9dc5 ^ (level * 0x9e3779b1);
  for (let at = 0; at < key.length; at++) state = Math.imul(state ^ key.charCodeAt(at), 0x01000193);
  return (state ^ (state >>> 15)) >>> 0;
}
