import { printDocument } from '../../bson/print.ts';
import { BsonType } from '../../bson/types.ts';
import { elements, items, type Element, type Value } from '../../bson/value.ts';
import { badValue, CommandError } from '../errors.ts';
import { isExpressionDocument } from './expression-document.ts';
import type { MatchContext } from './hooks.ts';
import { parseBits } from './parse-bits.ts';
import {
  isTruthy,
  parseAllValue,
  parseCompare,
  parseIn,
  parseMod,
  parseSize,
  parseType,
} from './parse-leaf.ts';
import { parseRegexOperators, parseRegexValue } from './parse-regex.ts';
import { alwaysFalse, andOf, hasNode, type BitTest, type CompareOperator, type MatchNode } from './tree.ts';

/**
 * Parses a filter. Throws CommandError with mongod 3.4's code and text for what it refuses.
 */
export function parseFilter(filter: Value, context: MatchContext): MatchNode {
  return new FilterParser(context).document(filter, 0);
}

const comparisons = new Map<string, CompareOperator>([
  ['$eq', 'eq'],
  ['$lt', 'lt'],
  ['$lte', 'lte'],
  ['$gt', 'gt'],
  ['$gte', 'gte'],
]);

const bitTests = new Map<string, BitTest>([
  ['$bitsAllSet', 'allSet'],
  ['$bitsAllClear', 'allClear'],
  ['$bitsAnySet', 'anySet'],
  ['$bitsAnyClear', 'anyClear'],
]);

const nearOperators = new Set(['$near', '$nearSphere', '$geoNear']);
const geoOperators = new Set(['$within', '$geoWithin', '$geoIntersects']);
const otherOperators =
  '$ne $in $nin $mod $all $size $exists $type $regex $options $elemMatch $near $nearSphere $geoNear $within $geoWithin $geoIntersects';
const operatorNames = new Set([
  ...otherOperators.split(' '),
  ...[...comparisons.keys()].filter((name) => name !== '$eq'),
  ...bitTests.keys(),
]);

class FilterParser {
  readonly #context: MatchContext;

  constructor(context: MatchContext) {
    this.#context = context;
  }

  document(filter: Value, level: number): MatchNode {
    return andOf([...elements(filter)].flatMap((element) => this.#topLevel(element, level + 1) ?? []));
  }

  #topLevel(element: Element, level: number): MatchNode | undefined {
    const { name, value } = element;
    if (name.startsWith('$')) return this.#documentOperator(element, level);
    if (isExpressionDocument(value, false)) return andOf(this.#operators(name, value, level));
    if (value.type === BsonType.regex) return parseRegexValue(name, value);
    return parseCompare(name, 'eq', value);
  }

  #documentOperator(element: Element, level: number): MatchNode | undefined {
    const { name, value } = element;
    const { hooks, collator } = this.#context;
    switch (name) {
      case '$and':
        return andOf(this.#list(element, level));
      case '$or':
      case '$nor':
        return { kind: name === '$or' ? 'or' : 'nor', children: this.#list(element, level) };
      case '$atomic':
      case '$isolated':
        if (level > 1) throw badValue('$atomic/$isolated has to be at the top level');
        return undefined;
      case '$comment':
        return undefined;
      case '$where':
        if (hooks?.compileWhere === undefined) throw badValue('no globalScriptEngine in $where parsing');
        return { kind: 'where', matches: hooks.compileWhere(value) };
      case '$expr':
        if (hooks?.compileExpr === undefined) throw badValue(`unknown top level operator: ${name}`);
        return { kind: 'expr', matches: hooks.compileExpr(value, collator) };
      case '$text':
        if (value.type !== BsonType.object) throw badValue('$text expects an object');
        if (hooks?.parseText === undefined) {
          throw new CommandError(27, 'IndexNotFound', 'text index required for $text query');
        }
        return { kind: 'text', text: hooks.parseText(value) };
      case '$ref':
      case '$id':
      case '$db':
        return parseCompare(name, 'eq', value);
      default:
        throw badValue(`unknown top level operator: ${name}`);
    }
  }

  #list({ name, value }: Element, level: number): MatchNode[] {
    if (value.type !== BsonType.array) throw badValue(`${name} must be an array`);
    const children = [...items(value)].map((item) => {
      if (item.type !== BsonType.object) throw badValue('$or/$and/$nor entries need to be full objects');
      return this.document(item, level);
    });
    if (children.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
    return children;
  }

  /** The predicates of a document of operators. */
  #operators(path: string, operators: Value, level: number): MatchNode[] {
    const list = [...elements(operators)];
    const [first] = list;
    if (first !== undefined && nearOperators.has(first.name) && isContainer(first.value)) {
      return [this.#near(path, operators)];
    }
    return list.flatMap((element) => this.#operator(path, element, operators, level + 1) ?? []);
  }

  #operator(path: string, element: Element, all: Value, level: number): MatchNode | undefined {
    const { name, value } = element;
    const comparison = comparisons.get(name);
    if (comparison !== undefined) return parseCompare(path, comparison, value);
    const bits = bitTests.get(name);
    if (bits !== undefined) {
      return { kind: 'bits', path, test: bits, bits: parseBits(path, element) };
    }
    if (geoOperators.has(name)) return this.#geo(path, element, all);
    if (nearOperators.has(name)) throw badValue(`near must be first in: ${printDocument(all)}`);
    switch (name) {
      case '$not':
        return this.#not(path, value, level);
      case '$ne':
        if (value.type === BsonType.regex) throw badValue("Can't have regex as arg to $ne.");
        return { kind: 'not', child: parseCompare(path, 'eq', value) };
      case '$in':
        return parseIn(path, element);
      case '$nin':
        return { kind: 'not', child: parseIn(path, element) };
      case '$exists':
        return isTruthy(value) ? { kind: 'exists', path } : { kind: 'not', child: { kind: 'exists', path } };
      case '$type':
        return parseType(path, value);
      case '$size':
        return parseSize(path, value);
      case '$mod':
        return parseMod(path, value);
      case '$regex':
        return parseRegexOperators(path, all);
      case '$options':
        if ([...elements(all)].some((other) => other.name === '$regex')) return undefined;
        throw badValue('$options needs a $regex');
      case '$elemMatch':
        return this.#elemMatch(path, value, level);
      case '$all':
        return this.#all(path, value, level);
      case '$where':
        throw badValue('$where cannot be applied to a field');
      default:
        throw badValue(`unknown operator: ${name}`);
    }
  }

  #not(path: string, value: Value, level: number): MatchNode {
    if (value.type === BsonType.regex) return { kind: 'not', child: parseRegexValue(path, value) };
    if (value.type !== BsonType.object) throw badValue('$not needs a regex or a document');
    if (isEmpty(value)) throw badValue('$not cannot be empty');
    const children = this.#operators(path, value, level);
    if (children.some((child) => child.kind === 'regex')) throw badValue('$not cannot have a regex');
    return { kind: 'not', child: andOf(children) };
  }

  #elemMatch(path: string, value: Value, level: number): MatchNode {
    if (value.type !== BsonType.object) throw badValue('$elemMatch needs an Object');
    const first = [...elements(value)][0]?.name ?? '';
    const onItems = isExpressionDocument(value, true) && !['$and', '$nor', '$or', '$where'].includes(first);
    if (onItems) return { kind: 'elemMatchValue', path, children: this.#operators('', value, level) };
    const child = this.document(value, level);
    if (hasNode(child, 'where')) throw badValue('$elemMatch cannot contain $where expression');
    return { kind: 'elemMatchObject', path, child };
  }

  #all(path: string, value: Value, level: number): MatchNode {
    if (value.type !== BsonType.array) throw badValue('$all needs an array');
    const list = [...items(value)];
    if (list[0] !== undefined && elemMatchOf(list[0]) !== undefined) {
      return andOf(
        list.map((item) => {
          const inner = elemMatchOf(item);
          if (inner === undefined) throw badValue('$all/$elemMatch has to be consistent');
          return this.#elemMatch(path, inner, level);
        }),
      );
    }
    if (list.length === 0) return alwaysFalse;
    return andOf(list.map((item) => parseAllValue(path, item, (name) => operatorNames.has(name))));
  }

  #geo(path: string, operator: Element, all: Value): MatchNode {
    const { hooks } = this.#context;
    const extra = [...elements(all)][1];
    if (extra !== undefined) throw badValue(`can't parse extra field: ${extra.name}`);
    if (hooks?.parseGeo === undefined) throw badValue(`unknown operator: ${operator.name}`);
    return { kind: 'geo', path, operator: operator.name, geo: hooks.parseGeo(path, operator) };
  }

  #near(path: string, operators: Value): MatchNode {
    const { hooks } = this.#context;
    if (hooks?.parseNear === undefined) throw badValue('unknown operator: $near');
    return { kind: 'near', path, near: hooks.parseNear(path, operators) };
  }
}

function isContainer(value: Value): boolean {
  return value.type === BsonType.object || value.type === BsonType.array;
}

function isEmpty(document: Value): boolean {
  return document.end - document.start <= 5;
}

/** What $elemMatch is given, if the item of $all is a document whose first field is $elemMatch. */
function elemMatchOf(item: Value): Value | undefined {
  if (item.type !== BsonType.object) return undefined;
  for (const { name, value } of elements(item)) return name === '$elemMatch' ? value : undefined;
  return undefined;
}
