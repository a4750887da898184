import { boolValue, falseValue, trueValue } from '../../bson/make.ts';
import { toBool } from './coerce.ts';
import { Constant, type Expression } from './expression.ts';
import { always, unary, variadic, type NaryOperator } from './nary.ts';
import type { OperatorEntry } from './operator.ts';

/** $and and $or: `decisive` is the truth of an operand that decides, so that the ones after it are not evaluated. */
function junction(name: string, decisive: boolean): NaryOperator {
  return {
    name,
    associative: always,
    commutative: true,
    evaluate(operands, variables) {
      for (const operand of operands) {
        if (toBool(operand.evaluate(variables)) === decisive) return boolValue(decisive);
      }
      return boolValue(!decisive);
    },
    // Constants stand last by now, joined into one.
    simplify(operands: Expression[]) {
      const last = operands[operands.length - 1];
      if (last?.isConstant() !== true) return undefined;
      if (toBool(last.value) === decisive) return new Constant(boolValue(decisive));
      if (operands.length > 1) operands.pop();
      return undefined;
    },
  };
}

/** $and, $or and $not. */
export const booleanOperators: readonly OperatorEntry[] = [
  variadic(junction('$and', false)),
  variadic(junction('$or', true)),
  unary('$not', (value) => (toBool(value) ? falseValue : trueValue)),
];
