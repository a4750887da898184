import fc from 'fast-check';
import { anyModel, numberModel, type Model } from './bson-model.ts';
import type { Filter, Predicate } from './reference-match.ts';

const text = fc.record({ t: fc.constant('string' as const), v: fc.constantFrom('', 'a', 'b') });
const int = fc.record({ t: fc.constant('int' as const), v: fc.integer({ min: -2, max: 3 }) });
const nothing = fc.record({ t: fc.constant('null' as const) });

const name = fc.constantFrom('a', 'b', '0', '1');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));

const { value, document } = fc.letrec<{ value: Model; document: Model & { t: 'object' } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { arbitrary: fc.oneof(int, text, nothing, numberModel), weight: 4 },
    { arbitrary: tie('document'), weight: 3 },
    {
      arbitrary: fc.record({ t: fc.constant('array' as const), v: fc.array(tie('value'), { maxLength: 3 }) }),
      weight: 4,
    },
    { arbitrary: anyModel, weight: 1 },
  ),
  document: fc.record({ t: fc.constant('object' as const), v: fields(tie('value')) }),
}));

function fields(of: fc.Arbitrary<Model>): fc.Arbitrary<[string, Model][]> {
  return fc.uniqueArray(fc.tuple(name, of), { maxLength: 3, selector: ([key]) => key });
}

/** Documents with few names and values, so that random filters often meet something. */
export const documentModel: fc.Arbitrary<Model & { t: 'object' }> = document;

/** Neither undefined nor regex, which a filter takes in another way than as a value. */
const operand = value.filter((model) => model.t !== 'undefined' && model.t !== 'regex');

const values = fc.array(operand, { maxLength: 3 });

const simple: fc.Arbitrary<Predicate> = fc.oneof(
  fc.record({
    op: fc.constantFrom('$eq', '$lt', '$lte', '$gt', '$gte', '$ne'),
    value: operand,
  }) as fc.Arbitrary<Predicate>,
  fc.record({ op: fc.constantFrom('$in', '$nin', '$all'), values }) as fc.Arbitrary<Predicate>,
  fc.record({ op: fc.constant('$exists' as const), yes: fc.boolean() }),
  fc.record({
    op: fc.constant('$mod' as const),
    divisor: fc.constantFrom(2, -2, 3),
    remainder: fc.integer({ min: -1, max: 2 }),
  }),
  fc.record({ op: fc.constant('$size' as const), size: fc.integer({ min: 0, max: 3 }) }),
  fc.record({
    op: fc.constant('$type' as const),
    type: fc.constantFrom('int', 'array', 'object', 'string', 'number', 'null', 'undefined', 'objectId'),
  }),
);

const { filter } = fc.letrec<{ filter: Filter; predicate: Predicate }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    fc.record({ op: fc.constant('field' as const), path, not: fc.boolean(), predicate: tie('predicate') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const, 'nor' as const),
      filters: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }),
    }),
  ),
  predicate: fc.oneof(
    { arbitrary: simple, weight: 5 },
    { arbitrary: fc.record({ op: fc.constant('$elemMatch' as const), filter: tie('filter') }), weight: 1 },
    {
      arbitrary: fc.record({
        op: fc.constant('$elemMatchValue' as const),
        predicates: fc.array(simple, { minLength: 1, maxLength: 2 }),
      }),
      weight: 1,
    },
  ),
}));

export const anyFilter: fc.Arbitrary<Filter> = filter;

/** The filter as the document that mongod would be sent, as a model. */
export function filterModel(given: Filter): Model & { t: 'object' } {
  if (given.op !== 'field') {
    return object([[`$${given.op}`, { t: 'array', v: given.filters.map(filterModel) }]]);
  }
  const operators = object([predicateModel(given.predicate)]);
  return object([[given.path, given.not ? object([['$not', operators]]) : operators]]);
}

function predicateModel(predicate: Predicate): [string, Model] {
  switch (predicate.op) {
    case '$in':
    case '$nin':
    case '$all':
      return [predicate.op, { t: 'array', v: predicate.values }];
    case '$exists':
      return [predicate.op, { t: 'bool', v: predicate.yes }];
    case '$size':
      return [predicate.op, { t: 'int', v: predicate.size }];
    case '$type':
      return [predicate.op, { t: 'string', v: predicate.type }];
    case '$mod':
      return [
        predicate.op,
        {
          t: 'array',
          v: [
            { t: 'int', v: predicate.divisor },
            { t: 'int', v: predicate.remainder },
          ],
        },
      ];
    case '$elemMatch':
      return [predicate.op, filterModel(predicate.filter)];
    case '$elemMatchValue':
      return ['$elemMatch', object(predicate.predicates.map(predicateModel))];
    default:
      return [predicate.op, predicate.value];
  }
}

function object(v: [string, Model][]): Model & { t: 'object' } {
  return { t: 'object', v };
}
