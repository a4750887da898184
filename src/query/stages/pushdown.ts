import { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import type { Pushdown, Stage } from './stage.ts';

/** A Pushdown and the number of stages that it stands for. */
export interface PushdownPlan extends Pushdown {
  /** This many stages at the beginning are the filter. */
  filterStages: number;
  /** This many stages after them are the sort: 0 or 1. */
  sortStages: number;
}

/** What of a pipeline the engine can do while it reads the collection. */
export function pushdownOf(stages: readonly Stage[]): PushdownPlan {
  const filters: Value[] = [];
  for (const { hints } of stages) {
    if (hints?.filter === undefined) break;
    filters.push(hints.filter);
  }
  const filterStages = filters.length;
  const sort = stages[filterStages]?.hints?.sort;
  const sortStages = sort === undefined ? 0 : 1;
  return {
    filter: conjunction(filters),
    sort,
    limit: limitAfter(stages.slice(filterStages + sortStages)),
    filterStages,
    sortStages,
  };
}

function conjunction([first, ...others]: readonly Value[]): Value | undefined {
  if (first === undefined || others.length === 0) return first;
  const builder = new DocumentBuilder().openArray('$and').push(first);
  for (const filter of others) builder.push(filter);
  return builder.close().finish();
}

function limitAfter(stages: readonly Stage[]): number | undefined {
  let skipped = 0;
  for (const { hints } of stages) {
    if (hints?.limit !== undefined) return skipped + hints.limit;
    if (hints?.skip === undefined) return undefined;
    skipped += hints.skip;
  }
  return undefined;
}
