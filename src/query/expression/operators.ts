import { accumulatorOperators } from './accumulate.ts';
import { arithmeticOperators } from './arithmetic.ts';
import { elementOperators } from './array/elements.ts';
import { iterateOperators } from './array/iterate.ts';
import { objectOperators } from './array/objects.ts';
import { reduceOperators } from './array/reduce.ts';
import { arraySearchOperators } from './array/search.ts';
import { sliceOperators } from './array/slice.ts';
import { zipOperators } from './array/zip.ts';
import { booleanOperators } from './boolean.ts';
import { comparisonOperators } from './comparison.ts';
import { conditionalOperators } from './conditional.ts';
import { datePartOperators } from './date/parts.ts';
import { dateToStringOperators } from './date/to-string.ts';
import { letOperators } from './let.ts';
import { literalOperators } from './literal.ts';
import { mathOperators } from './math.ts';
import type { OperatorParser } from './operator.ts';
import { powerOperators } from './power.ts';
import { setOperators } from './set.ts';
import { searchOperators } from './string/search.ts';
import { substringOperators } from './string/substring.ts';
import { textOperators } from './string/text.ts';

/** The expression operators of MongoDB 3.4, by name. */
export const operators: ReadonlyMap<string, OperatorParser> = new Map([
  ...accumulatorOperators,
  ...arithmeticOperators,
  ...arraySearchOperators,
  ...booleanOperators,
  ...comparisonOperators,
  ...conditionalOperators,
  ...datePartOperators,
  ...dateToStringOperators,
  ...elementOperators,
  ...iterateOperators,
  ...letOperators,
  ...literalOperators,
  ...mathOperators,
  ...objectOperators,
  ...powerOperators,
  ...reduceOperators,
  ...searchOperators,
  ...setOperators,
  ...sliceOperators,
  ...substringOperators,
  ...textOperators,
  ...zipOperators,
]);
