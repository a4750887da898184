import { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import type { Dependencies } from './dependencies.ts';
import type { Variables } from './variables.ts';

/** A parsed aggregation expression. */
export abstract class Expression {
  /** The expression's value for the document in `variables`; undefined is a missing value. Throws CommandError. */
  abstract evaluate(variables: Variables): Value | undefined;

  /**
   * The same expression with constant parts computed and nested associative operators joined, as mongod does once
   * before a pipeline runs: an error in a constant part shows even without documents, and a nested $sum does not
   * round in between. Throws CommandError.
   */
  abstract optimize(): Expression;

  /** Adds what the expression reads beside the fields of its document. */
  abstract addDependencies(dependencies: Dependencies): void;

  /** The expression as explain shows it: constants as `{$const: value}`, arguments always as arrays. */
  abstract toValue(): Value;

  /** Whether `value` is what every document gives: true for Constant only. */
  isConstant(): this is Constant {
    return false;
  }
}

/** A value that does not depend on the document; undefined where a constant part computes to missing. */
export class Constant extends Expression {
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }

  evaluate(): Value | undefined {
    return this.value;
  }

  optimize(): Expression {
    return this;
  }

  addDependencies(): void {
    // Reads nothing.
  }

  toValue(): Value {
    const builder = new DocumentBuilder();
    if (this.value !== undefined) builder.append('$const', this.value);
    return builder.finish();
  }

  override isConstant(): this is Constant {
    return true;
  }
}
