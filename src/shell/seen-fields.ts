import type { EvaluationResult } from './evaluator.ts';

/** Enough for every field of a schema, and little to keep. */
const most = 2000;
const deepest = 4;
const arrayItems = 20;

/** The paths of the fields in the results shown so far, which Tab completes. */
export class SeenFields {
  readonly #paths = new Set<string>();

  see({ type, printable }: EvaluationResult): void {
    const page = type === 'Cursor' || type === 'AggregationCursor' || type === 'CursorIterationResult';
    const value = page ? (printable as { documents: unknown[] }).documents : printable;
    if (type === null || type === 'Document' || page) this.#add('', value, 0);
  }

  /** Those that begin with `prefix`, in order. */
  startingWith(prefix: string): string[] {
    return [...this.#paths].filter((path) => path.startsWith(prefix)).sort();
  }

  #add(prefix: string, value: unknown, depth: number): void {
    if (Array.isArray(value)) {
      for (const item of value.slice(0, arrayItems)) this.#add(prefix, item, depth);
      return;
    }
    if (!isPlain(value) || depth > deepest) return;
    for (const [name, inner] of Object.entries(value)) {
      if (this.#paths.size >= most) return;
      // Names that would need quotes of their own are left out.
      if (!/^[\w$][\w$-]*$/.test(name)) continue;
      this.#paths.add(prefix + name);
      this.#add(`${prefix}${name}.`, inner, depth + 1);
    }
  }
}

/** A document, not a BSON value or Date. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !('_bsontype' in value) && !(value instanceof Date);
}
