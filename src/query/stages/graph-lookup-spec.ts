import { stringOf } from '../../bson/access.ts';
import type { Collator } from '../../bson/compare.ts';
import { toDouble, toLongClamped } from '../../bson/numbers.ts';
import { printValue } from '../../bson/print.ts';
import { BsonType, isNumberType } from '../../bson/types.ts';
import { elements, type Value } from '../../bson/value.ts';
import { badValue, CommandError, location } from '../errors.ts';
import type { Expression } from '../expression/expression.ts';
import { splitFieldPath } from '../expression/field-path.ts';
import { createScope } from '../expression/parse.ts';
import { typeName } from '../expression/type-name.ts';
import { geoHooks } from '../geo/hooks.ts';
import type { MatchHooks } from '../match/hooks.ts';
import { parseFilter } from '../match/parse.ts';
import { checkFrom } from './lookup.ts';
import type { StageContext } from './stage.ts';

export interface GraphLookup {
  from: string;
  startWith: Expression;
  connectFrom: string;
  connectTo: string;
  as: readonly string[];
  maxDepth: bigint | undefined;
  depthField: string | undefined;
  restriction: Value | undefined;
}

const names = ['from', 'as', 'connectFromField', 'connectToField', 'depthField'];

/** Checks the shape and the `from` of a $graphLookup. Throws 40327 to 40330. */
export function checkGraphLookupFrom(specification: Value): void {
  checkFrom('$graphLookup', specification, [40327, 40328, 40329, 40330]);
}

/** Parses a $graphLookup specification; mongod does not optimize its expression. Throws 40100 to 40105, 40185 to 40187. */
export function parseGraphLookupSpec(specification: Value, { collator }: StageContext): GraphLookup {
  const texts = new Map<string, string>();
  let startWith: Expression | undefined;
  let maxDepth: bigint | undefined;
  let restriction: Value | undefined;
  for (const { name, value } of elements(specification)) {
    if (name === 'startWith') startWith = createScope(collator).parse(value);
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
    connectFrom: splitFieldPath(connectFrom).join('.'),
    connectTo: splitFieldPath(connectTo).join('.'),
    as: splitFieldPath(as),
    maxDepth,
    depthField: depth === undefined ? undefined : splitFieldPath(depth).join('.'),
    restriction,
  };
}

/** As find's filters, but without $text and $where; $near is understood, but not served. */
function checkRestriction(filter: Value, collator: Collator | undefined): void {
  const near: string[] = [];
  const disallowed = (name: string) => (): never => {
    throw badValue(`${name} is not allowed in this context`);
  };
  const hooks: MatchHooks = {
    ...geoHooks,
    parseNear(path) {
      near.push(path);
      return { path };
    },
    compileWhere: disallowed('$where'),
    parseText: disallowed('$text'),
  };
  const failed = "Failed to parse 'restrictSearchWithMatch' option to $graphLookup: ";
  try {
    parseFilter(filter, { collator, hooks });
  } catch (error) {
    if (error instanceof CommandError) throw location(40186, `${failed}${error.message}`);
    throw error;
  }
  if (near.length > 0) throw location(40187, `${failed}$near not supported.`);
}

function parseDepth(value: Value): bigint {
  if (!isNumberType(value.type)) {
    throw location(40100, `maxDepth must be numeric, found type: ${typeName(value)}`);
  }
  const depth = toLongClamped(value);
  if (depth < 0n) {
    throw location(40101, `maxDepth requires a nonnegative argument, found: ${String(depth)}`);
  }
  if (Number(depth) !== toDouble(value)) {
    throw location(40102, `maxDepth could not be represented as a long long: ${printValue(value)}`);
  }
  return depth;
}
