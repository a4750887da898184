import { BsonType } from '../../bson/types.ts';
import { DocumentBuilder } from '../../bson/builder.ts';
import { stringValue } from '../../bson/make.ts';
import { fieldByBytes, items, nameBytes, type Value } from '../../bson/value.ts';
import { CommandError, location } from '../errors.ts';
import { Expression } from './expression.ts';
import { checkReadableName, type ParseScope } from './scope.ts';
import type { Variables } from './variables.ts';

/** Checks one name of a path, or of an object expression. Throws 15998, 16410 to 16412. */
export function checkFieldName(name: string): void {
  if (name === '') throw location(15998, 'FieldPath field names may not be empty strings.');
  if (name.startsWith('$')) throw location(16410, "FieldPath field names may not start with '$'.");
  if (name.includes('\0')) throw location(16411, "FieldPath field names may not contain '\\0'.");
  if (name.includes('.')) throw location(16412, "FieldPath field names may not contain '.'.");
}

/** As many names as mongod's documents may have levels. */
const longestPath = 200;

/**
 * The names of a dotted path. Throws 40352 or 40353 for an empty one or a dot at the end, 15 for one of more than 200
 * names, else as `checkFieldName`.
 */
export function splitFieldPath(path: string): string[] {
  if (path === '') throw location(40352, 'FieldPath cannot be constructed with empty string');
  if (path.endsWith('.')) throw location(40353, "FieldPath must not end with a '.'.");
  const names = path.split('.');
  if (names.length > longestPath) throw new CommandError(15, 'Overflow', 'FieldPath is too long');
  names.forEach(checkFieldName);
  return names;
}

/** Parses `$a.b` or `$$name.a.b`. Throws CommandError. */
export function parseFieldPath(text: string, scope: ParseScope): FieldPath {
  if (text.length < 2) throw location(16872, "'$' by itself is not a valid FieldPath");
  if (!text.startsWith('$$')) {
    return new FieldPath(scope.slot('CURRENT'), splitFieldPath(`CURRENT.${text.slice(1)}`).slice(1), text);
  }
  const path = text.slice(2);
  const dot = path.indexOf('.');
  const name = dot < 0 ? path : path.slice(0, dot);
  checkReadableName(name);
  const slot = scope.slot(name);
  return new FieldPath(slot, splitFieldPath(path).slice(1), text);
}

/**
 * A path into a variable. Arrays on the way map: the values found in their documents, as an array; items that are no
 * documents or lack the field are left out. Positions (`a.0`) mean nothing here.
 */
export class FieldPath extends Expression {
  readonly #slot: number;
  readonly #bytes: readonly Buffer[];
  readonly #text: string;

  constructor(slot: number, names: readonly string[], text: string) {
    super();
    this.#slot = slot;
    this.#bytes = names.map(nameBytes);
    this.#text = text;
  }

  evaluate(variables: Variables): Value | undefined {
    const value = variables.get(this.#slot);
    return value === undefined ? undefined : valueAtPath(value, this.#bytes, 0);
  }

  optimize(): Expression {
    return this;
  }

  /** Whether both find the same, whatever the variables are. */
  isSameAs(other: Expression): boolean {
    return other instanceof FieldPath && other.#slot === this.#slot && other.#text === this.#text;
  }

  addDependencies(): void {
    // Reads fields only.
  }

  toValue(): Value {
    return stringValue(this.#text);
  }
}

/** What `path` (names as `nameBytes` gives them, from `index` on) finds in a value, as FieldPath says. */
export function valueAtPath(start: Value, path: readonly Buffer[], index: number): Value | undefined {
  let value: Value | undefined = start;
  for (let at = index; at < path.length; at++) {
    if (value.type === BsonType.object) {
      value = fieldByBytes(value, path[at] as Buffer);
      if (value === undefined) return undefined;
    } else {
      return value.type === BsonType.array ? collect(value, path, at) : undefined;
    }
  }
  return value;
}

function collect(array: Value, path: readonly Buffer[], index: number): Value {
  const found = new DocumentBuilder(64);
  for (const item of items(array)) {
    if (item.type !== BsonType.object) continue;
    const value = valueAtPath(item, path, index);
    if (value !== undefined) found.push(value);
  }
  return found.finishArray();
}
