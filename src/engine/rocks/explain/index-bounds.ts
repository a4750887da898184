import type { DocumentBuilder } from '../../../bson/builder.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { printValue } from '../../../bson/print.ts';
import type { Interval } from '../planner/intervals.ts';
import type { IndexPlan } from '../planner/plan.ts';

/** Appends the bounds of an index scan in the direction in which it reads: `{age: ["[30, 32)"]}`. */
export function appendIndexBounds(out: DocumentBuilder, plan: IndexPlan): void {
  out.openDocument('indexBounds');
  const { limits } = plan;
  plan.index.fields.forEach(({ path, kind }, at) => {
    out.openArray(path);
    if (limits) {
      out.string('0', `[${limitText(limits.min, at, 'MinKey')}, ${limitText(limits.max, at, 'MaxKey')})`);
    } else {
      const backward = (kind === 'descending') !== plan.reverse;
      const intervals = [...(plan.bounds[at]?.intervals ?? [])];
      if (backward) intervals.reverse();
      intervals.forEach((interval, i) => out.string(String(i), intervalText(interval, backward)));
    }
    out.close();
  });
  out.close();
}

function limitText(limit: Value | undefined, at: number, otherwise: string): string {
  const element = limit && [...elements(limit)][at];
  return element ? printValue(element.value) : otherwise;
}

function intervalText({ low, high }: Interval, backward: boolean): string {
  const [first, second] = backward ? [high, low] : [low, high];
  return `${first.inclusive ? '[' : '('}${first.text}, ${second.text}${second.inclusive ? ']' : ')'}`;
}
