import { stringOf } from '../../bson/access.ts';
import type { Collator } from '../../bson/compare.ts';
import { exactLong } from '../../bson/numbers.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';
import { splitFieldPath } from '../expression/field-path.ts';
import { compileExpression, createScope } from '../expression/parse.ts';
import { typeName } from '../expression/type-name.ts';
import { checkFrom } from './lookup.ts';
import { parseStageFilter } from './match.ts';
import type { StageContext } from './stage.ts';

export interface GraphLookup {
  from: string;
  startWith: Expression;
  connectFrom: readonly string[];
  connectTo: string;
  as: readonly string[];
  maxDepth: bigint | undefined;
  depthField: readonly string[] | undefined;
  restriction: Value | undefined;
}

const names = ['from', 'as', 'connectFromField', 'connectToField', 'depthField'];

/** Checks the shape and the `from` of a $graphLookup. Throws 73, 40327 to 40329. */
export function checkGraphLookupFrom(specification: Value): void {
  checkFrom('$graphLookup', specification, [40327, 40328, 40329]);
}

/** Parses a $graphLookup specification. Throws 40100 to 40105, 40185 to 40187. */
export function parseGraphLookupSpec(specification: Value, { collator }: StageContext): GraphLookup {
  const texts = new Map<string, string>();
  let startWith: Expression | undefined;
  let maxDepth: bigint | undefined;
  let restriction: Value | undefined;
  for (const { name, value } of elements(specification)) {
    if (name === 'startWith') startWith = compileExpression(value, createScope(collator));
    else if (name === 'maxDepth') maxDepth = parseDepth(value);
    else if (name === 'restrictSearchWithMatch') {
      if (value.type !== BsonType.object) {
        throw location(40185, `restrictSearchWithMatch must be an object, found ${typeName(value)}`);
      }
      checkRestriction(value, collator);
      restriction = value;
    } else if (!names.includes(name)) throw location(40104, `Unknown argument to $graphLookup: ${name}`);
    else if (value.type !== BsonType.string) {
      throw location(40103, `expected string as argument for ${name}, found: ${printValue(value)}`);
    } else texts.set(name, stringOf(value));
  }
  const [from, as, connectFrom, connectTo, depth] = names.map((name) => texts.get(name));
  if (!from || !as || !connectFrom || !connectTo || !startWith) {
    throw location(
      40105,
      "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be specified.",
    );
  }
  return {
    from,
    startWith,
    connectFrom: splitFieldPath(connectFrom),
    connectTo: splitFieldPath(connectTo).join('.'),
    as: splitFieldPath(as),
    maxDepth,
    depthField: depth === undefined ? undefined : splitFieldPath(depth),
    restriction,
  };
}

function checkRestriction(filter: Value, collator: Collator | undefined): void {
  try {
    parseStageFilter(filter, collator);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.code === 16424 ? '$near not supported.' : error.message;
    throw location(
      error.code === 16424 ? 40187 : 40186,
      `Failed to parse 'restrictSearchWithMatch' option to $graphLookup: ${reason}`,
    );
  }
}

function parseDepth(value: Value): bigint {
  if (!isNumberType(value.type)) {
    throw location(40100, `maxDepth requires numeric argument, found: ${typeName(value)}`);
  }
  const depth = exactLong(value);
  if (depth === undefined) {
    throw location(40102, `maxDepth could not be represented as a long long: ${printValue(value)}`);
  }
  if (depth < 0n) {
    throw location(40101, `maxDepth requires a nonnegative argument, found: ${String(depth)}`);
  }
  return depth;
}
