import { stringOf } from '../../bson/access.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { printDocument, printElement } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, items, type Element, type Value } from '../../bson/value.ts';
import { badValue } from '../errors.ts';
import { castToInt } from '../match/cast.ts';
import type { MatchContext } from '../match/hooks.ts';
import { parseFilter } from '../match/parse.ts';
import { isTruthy } from '../match/parse-leaf.ts';
import type { MatchNode } from '../match/tree.ts';

const metaKinds = [
  'textScore',
  'recordId',
  'indexKey',
  'geoNearDistance',
  'geoNearPoint',
  'sortKey',
] as const;

/** What `$meta` can ask for. */
export type MetaKind = (typeof metaKinds)[number];

/** One field of a projection, in the order given. */
export type ProjectionField =
  | { kind: 'include' | 'exclude'; path: string }
  | { kind: 'slice'; path: string; skip: number; limit: number }
  /** The filter is on the document: `{path: {$elemMatch: ...}}`. */
  | { kind: 'elemMatch'; path: string; filter: MatchNode }
  | { kind: 'meta'; path: string; meta: MetaKind };

/** A checked projection. */
export interface ProjectionSpec {
  readonly fields: readonly ProjectionField[];
  /** Whether `_id` stays. */
  readonly keepsId: boolean;
  /** Whether some path holds the positional operator. */
  readonly isPositional: boolean;
  /** Whether only named fields stay: undefined if the projection names none to keep or leave. */
  readonly isInclusion: boolean | undefined;
}

/**
 * Checks a find projection. `filter` is the query, which the positional operator needs. Throws CommandError with mongod 3.4's texts.
 */
export function parseProjectionSpec(
  projection: Value,
  filter: MatchNode | undefined,
  context: MatchContext,
): ProjectionSpec {
  const fields: ProjectionField[] = [];
  let keepsId = true;
  let isInclusion: boolean | undefined;
  let arrayOperator: 'positional' | 'elemMatch' | undefined;
  for (const element of elements(projection)) {
    const { name, value } = element;
    if (value.type === BsonType.object) {
      const field = operatorField(element, context);
      if (field.kind === 'elemMatch') {
        if (arrayOperator === 'positional')
          throw badValue('Cannot specify positional operator and $elemMatch.');
        arrayOperator = 'elemMatch';
      }
      fields.push(field);
    } else if (name === '_id' && !isTruthy(value)) {
      keepsId = false;
    } else {
      const include = isTruthy(value);
      if (isInclusion !== undefined && isInclusion !== include) {
        throw badValue('Projection cannot have a mix of inclusion and exclusion.');
      }
      isInclusion = include;
      fields.push({ kind: include ? 'include' : 'exclude', path: name });
    }
    if (isPositionalPath(name)) {
      checkPositional(element, filter, arrayOperator);
      arrayOperator = 'positional';
    }
  }
  // What looks like a reference escapes the checks, not the operator's way of taking arrays.
  const isPositional = fields.some(({ path }) => path.includes('.$'));
  return { fields, keepsId, isPositional, isInclusion };
}

function operatorField(element: Element, context: MatchContext): ProjectionField {
  const { name: path, value } = element;
  const [operator, second] = [...elements(value)];
  if (second !== undefined || operator === undefined)
    throw badValue(`>1 field in obj: ${printDocument(value)}`);
  switch (operator.name) {
    case '$slice':
      return { kind: 'slice', path, ...parseSlice(operator.value) };
    case '$elemMatch': {
      if (operator.value.type !== BsonType.object) {
        throw badValue('elemMatch: Invalid argument, object required.');
      }
      if (path.includes('.')) throw badValue('Cannot use $elemMatch projection on a nested field.');
      const filter = new DocumentBuilder().append(path, value).finish();
      return { kind: 'elemMatch', path, filter: parseFilter(filter, context) };
    }
    case '$meta':
      return { kind: 'meta', path, meta: parseMeta(path, operator.value) };
    default:
      throw badValue(`Unsupported projection option: ${printElement(element)}`);
  }
}

function parseSlice(value: Value): { skip: number; limit: number } {
  if (isNumberType(value.type)) {
    const count = intOf(value);
    return count < 0 ? { skip: count, limit: -count } : { skip: 0, limit: count };
  }
  if (value.type !== BsonType.array) throw badValue('$slice only supports numbers and [skip, limit] arrays');
  const [skip, limit, third] = [...items(value)];
  if (skip === undefined || limit === undefined || third !== undefined) {
    throw badValue('$slice array wrong size');
  }
  if (intOf(limit) <= 0) throw badValue('$slice limit must be positive');
  return { skip: intOf(skip), limit: intOf(limit) };
}

/** A number cut to 32 bits; 0 for what is no number. */
function intOf(value: Value): number {
  return isNumberType(value.type) ? Number(castToInt(value)) : 0;
}

function parseMeta(path: string, value: Value): MetaKind {
  if (path.includes('.')) throw badValue('field for $meta cannot be nested');
  if (value.type !== BsonType.string) throw badValue('unexpected argument to $meta in proj');
  const text = stringOf(value);
  const kind = metaKinds.find((each) => each === text);
  if (kind === undefined) throw badValue(`unsupported $meta operator: ${text}`);
  return kind;
}

function isPositionalPath(path: string): boolean {
  return path.includes('.$') && !path.includes('.$ref') && !path.includes('.$id') && !path.includes('.$db');
}

function checkPositional(
  { name, value }: Element,
  filter: MatchNode | undefined,
  arrayOperator: 'positional' | 'elemMatch' | undefined,
): void {
  if (!isTruthy(value)) throw badValue('Cannot exclude array elements with the positional operator.');
  if (arrayOperator === 'positional')
    throw badValue('Cannot specify more than one positional proj. per query.');
  if (arrayOperator === 'elemMatch') throw badValue('Cannot specify positional operator and $elemMatch.');
  if (name.slice(name.indexOf('.$') + 2).includes('.$')) {
    throw badValue(`Positional projection '${name}' contains the positional operator more than once.`);
  }
  const field = name.split('.', 1)[0] ?? '';
  if (filter !== undefined && !queriesField(filter, field)) {
    throw badValue(`Positional projection '${name}' does not match the query document.`);
  }
}

function queriesField(node: MatchNode, field: string): boolean {
  if ('children' in node && !('path' in node))
    return node.children.some((child) => queriesField(child, field));
  if (node.kind === 'not') return queriesField(node.child, field);
  return 'path' in node && node.path.split('.', 1)[0] === field;
}
