import { doubleOf } from '../../src/bson/access.ts';
import { BsonType } from '../../src/bson/types.ts';
import { elements, field, items, type Value } from '../../src/bson/value.ts';
import type { Case } from './case.ts';
import type { Answer } from './execute.ts';

/** How exactly values must agree. */
interface Rules {
  /** Relative tolerance of doubles. */
  tolerance: number;
  /** Names of fields whose arrays have no order. */
  sets: ReadonlySet<string>;
}

/** Why an answer is not the recorded one, in a few words; undefined if it passes. */
export function difference(one: Case, answer: Answer): string | undefined {
  if (one.reply === undefined) return undefined;
  const reasons = [one.reply, ...one.alternatives].map((reply) => differenceFrom(one, reply, answer));
  if (reasons.includes(undefined)) return batchDifference(one, answer);
  return reasons[0];
}

function batchDifference(one: Case, answer: Answer): string | undefined {
  if (one.batches === undefined || String(one.batches) === String(answer.batches)) return undefined;
  return `batches are ${String(answer.batches)}, not ${String(one.batches)}`;
}

function differenceFrom(one: Case, reply: Value, answer: Answer): string | undefined {
  if (one.compare === 'error') return errorDifference(reply, answer);
  if (answer.error !== undefined) return `failed: ${answer.error}`;
  if (one.compare.startsWith('fields:')) return fieldsDifference(one, reply, answer);
  if (!reply.isArray()) {
    return answer.single !== undefined && same(reply, answer.single, one) ? undefined : 'another value';
  }
  if (answer.list === undefined) return 'not a list';
  const expected = [...items(reply)];
  if (expected.length !== answer.list.length) {
    return `${answer.list.length} results, not ${expected.length}`;
  }
  return one.compare === 'ordered'
    ? orderedDifference(one, expected, answer.list)
    : multisetDifference(one, expected, answer.list);
}

function errorDifference(reply: Value, answer: Answer): string | undefined {
  if (answer.error === undefined) return 'it did not fail';
  for (const name of ['code', 'codeName']) {
    const expected = field(reply, name);
    const got = field(answer.reply, name);
    if (expected !== undefined && !(got !== undefined && sameBytes(expected, got))) {
      return `another ${name}: ${answer.error}`;
    }
  }
  return undefined;
}

function fieldsDifference(one: Case, reply: Value, answer: Answer): string | undefined {
  const names = JSON.parse(one.compare.slice('fields:'.length)) as string[];
  const expected = reply.isArray() ? [...items(reply)] : [reply];
  const got = reply.isArray() ? (answer.list ?? []) : [answer.reply];
  if (expected.length !== got.length) return `${got.length} entries, not ${expected.length}`;
  for (const [at, document] of expected.entries()) {
    for (const name of names) {
      const left = field(document, name);
      const right = field(got[at]!, name);
      if (left === undefined ? right !== undefined : right === undefined || !same(left, right, one, name)) {
        return `another ${name}`;
      }
    }
  }
  return undefined;
}

/** With a tolerance, neighbours whose order hangs on a rounding error may have changed places. */
function orderedDifference(one: Case, expected: Value[], got: Value[]): string | undefined {
  const rest = [...got];
  for (const [at, value] of expected.entries()) {
    const within = one.tolerance > 0 ? Math.min(3, rest.length) : 1;
    const found = rest.slice(0, within).findIndex((other) => same(value, other, one));
    if (found < 0) return `result ${at} differs`;
    rest.splice(found, 1);
  }
  return undefined;
}

function multisetDifference(rules: Rules, expected: Value[], got: Value[]): string | undefined {
  const rest = [...got];
  for (const [at, value] of expected.entries()) {
    const found = rest.findIndex((other) => same(value, other, rules));
    if (found < 0) return `expected result ${at} is not there`;
    rest.splice(found, 1);
  }
  return undefined;
}

function sameBytes(a: Value, b: Value): boolean {
  return a.type === b.type && a.slice().equals(b.slice());
}

function same(a: Value, b: Value, rules: Rules, name = ''): boolean {
  if (a.type !== b.type) return false;
  if (a.type === BsonType.double) return sameDouble(doubleOf(a), doubleOf(b), rules.tolerance);
  if (a.type === BsonType.array && rules.sets.has(name)) {
    const [left, right] = [[...items(a)], [...items(b)]];
    return left.length === right.length && multisetDifference(rules, left, right) === undefined;
  }
  if (a.type !== BsonType.object && a.type !== BsonType.array) return a.slice().equals(b.slice());
  const left = [...elements(a)];
  const right = [...elements(b)];
  return (
    left.length === right.length &&
    left.every(
      (element, at) =>
        element.name === right[at]!.name && same(element.value, right[at]!.value, rules, element.name),
    )
  );
}

function sameDouble(a: number, b: number, tolerance: number): boolean {
  if (Object.is(a, b)) return true;
  return tolerance > 0 && Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b), 1e-9);
}
