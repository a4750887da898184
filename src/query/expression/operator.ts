import type { Value } from '../../bson/value.ts';
import type { Expression } from './expression.ts';
import type { ParseScope } from './scope.ts';

/** Parses the argument of one operator, `{$name: argument}`. Throws CommandError. */
export type OperatorParser = (argument: Value, scope: ParseScope) => Expression;

/** An operator by its name (with `$`). */
export type OperatorEntry = readonly [name: string, parse: OperatorParser];
