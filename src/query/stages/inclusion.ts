import { BsonType } from '../../bson/types.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { elements, items, type Value } from '../../bson/value.ts';
import type { Expression } from '../expression/expression.ts';
import type { Variables } from '../expression/variables.ts';
import { emptyDocument } from './set-path.ts';

/**
 * One level of a projection that includes and computes fields, or ($addFields) keeps all and computes some. In arrays it works
 * on each item.
 */
export class InclusionNode {
  /** Fields that are named neither here nor below stay. */
  readonly #keepsOthers: boolean;
  readonly #included = new Set<string>();
  /** Expressions and deeper levels, in the order of the specification. */
  readonly #made = new Map<string, Expression | InclusionNode>();

  constructor(keepsOthers: boolean) {
    this.#keepsOthers = keepsOthers;
  }

  include([name = '', ...rest]: readonly string[]): void {
    if (rest.length > 0) this.#child(name).include(rest);
    else this.#included.add(name);
  }

  compute([name = '', ...rest]: readonly string[], expression: Expression): void {
    if (rest.length > 0) this.#child(name).compute(rest, expression);
    else this.#made.set(name, expression);
  }

  /** All expressions, also of the levels below. */
  *expressions(): Generator<Expression> {
    for (const made of this.#made.values()) {
      if (made instanceof InclusionNode) yield* made.expressions();
      else yield made;
    }
  }

  #child(name: string): InclusionNode {
    let child = this.#made.get(name);
    if (!(child instanceof InclusionNode)) {
      child = new InclusionNode(this.#keepsOthers);
      this.#made.set(name, child);
    }
    return child;
  }

  get #computes(): boolean {
    for (const made of this.#made.values()) {
      if (!(made instanceof InclusionNode) || made.#computes) return true;
    }
    return false;
  }

  /** Projects a document; the expressions read the whole document in `variables`. */
  apply(document: Value, variables: Variables): Value {
    const builder = new DocumentBuilder(document.end - document.start + 64);
    const placed = new Set<string>();
    for (const { name, value } of elements(document)) {
      const made = this.#made.get(name);
      if (made === undefined) {
        if (this.#keepsOthers || this.#included.has(name)) builder.append(name, value);
        continue;
      }
      const kept = this.#inPlace(made, value, variables);
      if (kept === 'later') continue;
      placed.add(name);
      if (kept !== undefined) builder.append(name, kept);
    }
    for (const [name, made] of this.#made) {
      if (placed.has(name)) continue;
      const value = made instanceof InclusionNode ? made.#fresh(variables) : made.evaluate(variables);
      if (value !== undefined) builder.append(name, value);
    }
    return builder.finish();
  }

  /** What takes an existing field's place; 'later' if it is left out here and may be made anew at the end. */
  #inPlace(
    made: Expression | InclusionNode,
    value: Value,
    variables: Variables,
  ): Value | undefined | 'later' {
    if (!(made instanceof InclusionNode)) return this.#keepsOthers ? made.evaluate(variables) : 'later';
    if (value.type === BsonType.object || value.type === BsonType.array)
      return made.#inside(value, variables);
    // A document takes the place of another value, even where its field would not stay otherwise.
    return made.#fresh(variables) ?? (this.#keepsOthers ? value : undefined);
  }

  #inside(value: Value, variables: Variables): Value | undefined {
    if (value.type === BsonType.object) return this.apply(value, variables);
    if (value.type !== BsonType.array) return this.#fresh(variables);
    const builder = new DocumentBuilder(value.end - value.start + 64);
    for (const item of items(value)) {
      const kept = this.#inside(item, variables);
      if (kept !== undefined) builder.push(kept);
    }
    return builder.finishArray();
  }

  /** The computed fields where there is no document for them; undefined if nothing is computed. */
  #fresh(variables: Variables): Value | undefined {
    return this.#computes ? this.apply(emptyDocument, variables) : undefined;
  }
}
