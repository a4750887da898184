import type { Accumulator } from '../accumulator/accumulator.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { CommandError, location } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';
import { FieldPath } from '../expression/field-path.ts';
import { createScope } from '../expression/parse.ts';
import { Variables } from '../expression/variables.ts';
import { inBatches, noDocuments } from './batches.ts';
import { parseGroupSpec, type Field, type GroupIdOf } from './group-spec.ts';
import { holdLimit, memoryLimitBytes, overheadOf, ownCopy } from './memory.ts';
import { SpillFile } from './spill.ts';
import type { StageContext, StageParser } from './stage.ts';
import { hostOf } from './host.ts';

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
  const { id, fields } = parseGroupSpec(specification, createScope(context.collator, context.failures));
  return [
    {
      name: '$group',
      expressions: [...id.expressions, ...fields.map(({ expression }) => expression)],
      run: (input) => grouped(input, { id, fields, context }, new Map(), 0),
    },
  ];
};

const partitions = 16;

/** Parts of parts are split no further: one group that is too large for memory cannot be. */
const deepestLevel = 4;

type Groups = Map<string, Group>;

/**
 * Groups in memory. Once that is full, the documents that follow are put aside in parts by their key, and each part is grouped afterwards
 * on top of the groups that it had (`begun`), so that a group takes its documents in their own order.
 */
async function* grouped(input: Batches, grouping: Grouping, begun: Groups, level: number): Batches {
  const table = new GroupTable(grouping, begun, level < deepestLevel);
  const aside: (SpillFile | undefined)[] = [];
  const { context } = grouping;
  try {
    for await (const batch of input) {
      context.signal.throwIfAborted();
      for (const document of batch) {
        const left = table.add(document);
        if (left === undefined) continue;
        const part = partOf(left, level);
        aside[part] ??= new SpillFile(await hostOf(context).scratchDirectory());
        if (aside[part].add(document)) await aside[part].flush();
      }
    }
    if (aside.length === 0) yield* inBatches(table.results());
    else yield* groupParts(aside, table.split(level), grouping, level + 1);
  } finally {
    for (const part of aside) await part?.remove();
  }
}

async function* groupParts(
  aside: (SpillFile | undefined)[],
  begun: Groups[],
  grouping: Grouping,
  level: number,
): Batches {
  for (let part = 0; part < partitions; part++) {
    const file = aside[part];
    yield* grouped(file?.read() ?? noDocuments(), grouping, begun[part] ?? new Map<string, Group>(), level);
    begun[part]?.clear();
    await file?.remove();
  }
}

class GroupTable {
  readonly #groups: Groups;
  readonly #grouping: Grouping;
  readonly #bounded: boolean;
  readonly #variables = new Variables();
  /** By field: the place of the first field with the same path, its own if there is none before it. */
  readonly #sources: readonly number[];
  readonly #values: (Value | undefined)[] = [];
  #bytes = 0;
  #full = false;

  /** A table that is not bounded takes all documents, as one group that is too large cannot be put aside. */
  constructor(grouping: Grouping, groups: Groups, bounded: boolean) {
    this.#grouping = grouping;
    this.#groups = groups;
    this.#bounded = bounded;
    this.#sources = sourcesOf(grouping.fields.map(({ expression }) => expression));
    for (const [key, group] of groups) this.#bytes += this.#sizeOf(key, group);
  }

  /** Adds a document to its group; if there is no room any more, returns the group's key instead. */
  add(document: Value): string | undefined {
    const { id, fields, context } = this.#grouping;
    this.#variables.setRoot(document);
    const identity = id.of(this.#variables);
    if (this.#full) return identity.key;
    let group = this.#groups.get(identity.key);
    if (group === undefined) {
      group = {
        id: ownCopy(identity.value()),
        accumulators: fields.map(({ accumulation }) => accumulation.create()),
      };
      this.#groups.set(identity.key, group);
      this.#bytes += this.#sizeOf(identity.key, group);
    }
    const { accumulators } = group;
    const values = this.#values;
    // No iterator: this runs once for each document and field.
    for (let index = 0; index < accumulators.length; index++) {
      const source = this.#sources[index] as number;
      const accumulator = accumulators[index] as Accumulator;
      const before = accumulator.size;
      if (source === index) values[index] = (fields[index] as Field).expression.evaluate(this.#variables);
      accumulator.add(values[source]);
      this.#bytes += accumulator.size - before;
    }
    if (this.#bytes > (this.#bounded ? holdLimit(context) : memoryLimitBytes)) this.#fill();
    return undefined;
  }

  #sizeOf(key: string, { id, accumulators }: Group): number {
    const overhead = overheadOf(this.#grouping.context.allowDiskUse);
    let size = key.length + id.end - id.start + overhead;
    for (const accumulator of accumulators) size += accumulator.size;
    return size;
  }

  #fill(): void {
    if (!this.#grouping.context.allowDiskUse) {
      throw location(
        16945,
        "Exceeded memory limit for $group, but didn't allow external sort. Pass allowDiskUse:true to opt in.",
      );
    }
    // mongod 3.4 goes on with a group of any size and may die; later versions end here.
    if (!this.#bounded) {
      throw new CommandError(
        146,
        'ExceededMemoryLimit',
        `A group takes more than ${memoryLimitBytes} bytes, which cannot be spilled to disk`,
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

  /** The groups by the part that their documents are put aside in. */
  split(level: number): Groups[] {
    const parts = Array.from({ length: partitions }, (): Groups => new Map());
    for (const [key, group] of this.#groups) parts[partOf(key, level)]?.set(key, group);
    this.#groups.clear();
    return parts;
  }
}

function partOf(key: string, level: number): number {
  return hash(key, level) % partitions;
}

/** FNV-1a, with a different start for each level so that a part splits up again. */
function hash(key: string, level: number): number {
  let state = 0x811c9dc5 ^ (level * 0x9e3779b1);
  for (let at = 0; at < key.length; at++) state = Math.imul(state ^ key.charCodeAt(at), 0x01000193);
  return (state ^ (state >>> 15)) >>> 0;
}

/** A sum and a maximum of one field look for it once: the place of the first expression that is the same path, for each. */
function sourcesOf(expressions: readonly Expression[]): number[] {
  return expressions.map((expression, index) =>
    expression instanceof FieldPath
      ? expressions.findIndex((earlier) => expression.isSameAs(earlier))
      : index,
  );
}
