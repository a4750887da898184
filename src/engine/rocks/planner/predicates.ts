import { stringOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { elements, items, type Element, type Value } from '../../../bson/value.ts';

/** What a filter asks of one path, as far as an index can use it. */
export type Test =
  | { op: 'eq' | 'gt' | 'gte' | 'lt' | 'lte'; value: Value }
  | { op: 'in'; values: readonly Value[] }
  | { op: 'regex'; pattern: string; options: string; value: Value | undefined }
  | { op: 'exists' }
  | { op: 'number' }
  /** One element of the array passes all of them; the tests are on the path itself. */
  | { op: 'element'; tests: readonly Test[] };

/** A part of a filter that every match must pass. */
export type Conjunct =
  | { kind: 'path'; path: string; test: Test; exact: boolean }
  | { kind: 'or'; branches: readonly (readonly Conjunct[])[] }
  /** Nothing an index can use. */
  | { kind: 'other' };

/**
 * Takes a filter apart into its conjuncts. What is not understood becomes `other`: the planner may read too many
 * documents, never too few, because the matcher looks at every document again.
 */
export function conjunctsOf(filter: Value): Conjunct[] {
  return [...elements(filter)].flatMap(topLevel);
}

function topLevel({ name, value }: Element): Conjunct[] {
  if (name === '$and' && value.isArray()) return clauses(value).flat();
  if (name === '$or' && value.isArray()) {
    const branches = clauses(value);
    const only = branches[0];
    return branches.length === 1 && only ? only : [{ kind: 'or', branches }];
  }
  if (name === '$comment') return [];
  if (name.startsWith('$')) return [{ kind: 'other' }];
  return pathConjuncts(name, value);
}

function clauses(array: Value): Conjunct[][] {
  return [...items(array)].map((clause) => (clause.isDocument() ? conjunctsOf(clause) : [{ kind: 'other' }]));
}

/** The conjuncts of `{path: value}`. */
function pathConjuncts(path: string, value: Value): Conjunct[] {
  if (!isOperators(value)) return [{ kind: 'path', path, ...equality(value) }];
  const operators = [...elements(value)];
  const options = operators.find(({ name }) => name === '$options')?.value;
  return operators.flatMap((element) => operator(path, element, options));
}

/** Whether the value of a path is a document of operators; DBRefs begin with a dollar sign too. */
export function isOperators(value: Value): boolean {
  if (!value.isDocument()) return false;
  const [first] = elements(value);
  return first?.name.startsWith('$') === true && !['$ref', '$id', '$db'].includes(first.name);
}

function equality(value: Value): { test: Test; exact: boolean } {
  if (value.type === BsonType.regex) return { test: regexOf(value), exact: false };
  const exact = ![BsonType.array, BsonType.null, BsonType.undefined].includes(value.type as 4);
  return { test: { op: 'eq', value }, exact };
}

function regexOf(value: Value): Test {
  const split = value.bytes.indexOf(0, value.start);
  return {
    op: 'regex',
    pattern: value.bytes.toString('utf8', value.start, split),
    options: value.bytes.toString('utf8', split + 1, value.end - 1),
    value,
  };
}

const comparisons: Record<string, 'gt' | 'gte' | 'lt' | 'lte'> = {
  $gt: 'gt',
  $gte: 'gte',
  $lt: 'lt',
  $lte: 'lte',
};

function operator(path: string, { name, value }: Element, options: Value | undefined): Conjunct[] {
  const comparison = comparisons[name];
  if (comparison) {
    return [{ kind: 'path', path, test: { op: comparison, value }, exact: equality(value).exact }];
  }
  switch (name) {
    case '$eq':
      return value.type === BsonType.regex
        ? [{ kind: 'other' }]
        : [{ kind: 'path', path, ...equality(value) }];
    case '$in': {
      if (!value.isArray()) return [{ kind: 'other' }];
      const values = [...items(value)];
      const exact = values.every((item) => equality(item).exact);
      return [{ kind: 'path', path, test: { op: 'in', values }, exact }];
    }
    case '$all':
      return value.isArray() ? all(path, [...items(value)]) : [{ kind: 'other' }];
    case '$regex':
      return [{ kind: 'path', path, test: regexOperator(value, options), exact: false }];
    case '$options':
      return [];
    case '$exists':
      return isTruthy(value)
        ? [{ kind: 'path', path, test: { op: 'exists' }, exact: false }]
        : [{ kind: 'other' }];
    case '$mod':
      return [{ kind: 'path', path, test: { op: 'number' }, exact: false }];
    case '$elemMatch':
      return value.isDocument() ? elementMatch(path, value) : [{ kind: 'other' }];
    default:
      return [{ kind: 'other' }];
  }
}

function regexOperator(value: Value, options: Value | undefined): Test {
  const flags = options?.type === BsonType.string ? stringOf(options) : undefined;
  if (value.type === BsonType.string) {
    return { op: 'regex', pattern: stringOf(value), options: flags ?? '', value: undefined };
  }
  if (value.type !== BsonType.regex) return { op: 'exists' };
  const test = regexOf(value);
  return test.op === 'regex' && flags !== undefined ? { ...test, options: flags, value: undefined } : test;
}

/** Every listed value must be there; which element it is does not matter, so each is a condition of its own. */
function all(path: string, values: Value[]): Conjunct[] {
  return values.flatMap((value): Conjunct[] => {
    if (!isOperators(value)) return [{ kind: 'path', path, test: equality(value).test, exact: false }];
    const [first] = elements(value);
    return first?.name === '$elemMatch' && first.value.isDocument()
      ? elementMatch(path, first.value)
      : [{ kind: 'other' }];
  });
}

function elementMatch(path: string, condition: Value): Conjunct[] {
  if (isOperators(condition)) {
    const inner = pathConjuncts(path, condition);
    const tests = inner.flatMap((one) => (one.kind === 'path' && one.path === path ? [one.test] : []));
    // Inside $elemMatch an array is compared with the element as a whole, not with what is in it.
    const usable = tests.filter((test) => !mentionsArrayOrNull(test));
    return usable.length === 0
      ? [{ kind: 'other' }]
      : [{ kind: 'path', path, test: { op: 'element', tests: usable }, exact: false }];
  }
  return conjunctsOf(condition).flatMap((one): Conjunct[] =>
    one.kind === 'path' ? [{ ...one, path: `${path}.${one.path}`, exact: false }] : [],
  );
}

function mentionsArrayOrNull(test: Test): boolean {
  const values = 'values' in test ? test.values : 'value' in test && test.value ? [test.value] : [];
  return values.some(({ type }) => type === BsonType.array || type === BsonType.null);
}

function isTruthy(value: Value): boolean {
  if (value.type === BsonType.null || value.type === BsonType.undefined) return false;
  if (value.type === BsonType.bool) return value.bytes[value.start] !== 0;
  return !isZero(value);
}

function isZero(value: Value): boolean {
  switch (value.type) {
    case BsonType.int:
      return value.bytes.readInt32LE(value.start) === 0;
    case BsonType.long:
      return value.bytes.readBigInt64LE(value.start) === 0n;
    case BsonType.double:
      return value.bytes.readDoubleLE(value.start) === 0;
    default:
      return false;
  }
}
