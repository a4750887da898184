import type { Collator } from '../../bson/compare.ts';
import type { Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';
import type { Expression } from './expression.ts';
import { rootSlot } from './variables.ts';

/** The parser of expressions, handed down so that the operators need not import it. */
export type ParseFunction = (value: Value, scope: ParseScope) => Expression;

/** The variables that are known at a place of an expression, with their slots, and the collation in force. */
export class ParseScope {
  readonly collator: Collator | undefined;
  readonly #parse: ParseFunction;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #counter: { next: number };
  readonly #failures: CommandError[] | undefined;

  /** Use `createScope`; the last two parameters are for `define`. */
  constructor(
    parse: ParseFunction,
    collator: Collator | undefined,
    failures: CommandError[] | undefined,
    slots: ReadonlyMap<string, number> = new Map([['ROOT', rootSlot]]),
    counter: { next: number } = { next: rootSlot + 1 },
  ) {
    this.#parse = parse;
    this.collator = collator;
    this.#failures = failures;
    this.#slots = slots;
    this.#counter = counter;
  }

  /** Parses an operand in this scope. Throws CommandError. */
  parse(value: Value): Expression {
    return this.#parse(value, this);
  }

  /** The expression optimized. Throws CommandError for a constant part that fails, unless the scope was made to keep these. */
  optimized(expression: Expression): Expression {
    try {
      return expression.optimize();
    } catch (error) {
      if (this.#failures === undefined || !(error instanceof CommandError)) throw error;
      this.#failures.push(error);
      return expression;
    }
  }

  /** The slot of a variable. Throws 17276 if there is none of that name. */
  slot(name: string): number {
    const slot = this.#slots.get(name) ?? (name === 'CURRENT' ? rootSlot : undefined);
    if (slot === undefined) throw location(17276, `Use of undefined variable: ${name}`);
    return slot;
  }

  /** A scope with more variables, each in a slot of its own that no other scope of the same expression uses. */
  define(names: readonly string[]): { scope: ParseScope; slots: number[] } {
    const all = new Map(this.#slots);
    const slots = names.map((name) => {
      const slot = this.#counter.next++;
      all.set(name, slot);
      return slot;
    });
    return { scope: new ParseScope(this.#parse, this.collator, this.#failures, all, this.#counter), slots };
  }
}

const readable = /^[A-Za-z\u0080-\u{10ffff}]/u;
const writable = /^[a-z\u0080-\u{10ffff}]/u;
const unfit = /[^A-Za-z0-9_\u0080-\u{10ffff}]/u;

/** Checks the name of a variable that an expression reads (`$$name`). Throws 16869 to 16871. */
export function checkReadableName(name: string): void {
  if (name === '') throw location(16869, 'empty variable names are not allowed');
  if (!readable.test(name)) {
    throw location(16870, `'${name}' starts with an invalid character for a variable name`);
  }
  checkCharacters(name, 16871);
}

/** Checks the name of a variable that an expression binds: lower case first, or CURRENT. Throws 16866 to 16868. */
export function checkWritableName(name: string): void {
  if (name === 'CURRENT') return;
  if (name === '') throw location(16866, 'empty variable names are not allowed');
  if (!writable.test(name)) {
    throw location(16867, `'${name}' starts with an invalid character for a user variable name`);
  }
  checkCharacters(name, 16868);
}

function checkCharacters(name: string, code: number): void {
  const found = unfit.exec(name);
  if (found === null) return;
  throw location(code, `'${name}' contains an invalid character for a variable name: '${found[0]}'`);
}
