import { DocumentBuilder } from '../../bson/builder.ts';
import { valueEnd } from '../../bson/layout.ts';
import { BsonType } from '../../bson/types.ts';
import { field, Value } from '../../bson/value.ts';
import { CommandError } from '../errors.ts';
import { countItems, skipName } from '../match/path-walker.ts';
import type { FieldNode } from './field-tree.ts';

/**
 * An error while a find runs, as mongod words it. Positional projections meet it at the first document that does not fit.
 */
export function executorError(message: string): CommandError {
  return new CommandError(96, 'OperationFailed', `Executor error during find command: BadValue: ${message}`);
}

/** Which item of an array the positional operator keeps. */
export interface Positional {
  /** Its name, undefined if no array item matched. */
  readonly index: string | undefined;
  /** Inside a document an array without that item is left out; at the top that is an error. */
  readonly isNested: boolean;
}

/** Appends a field (whose type byte is at `at` and value at `start` to `end`) as far as the projection keeps it. */
export function appendField(
  out: DocumentBuilder,
  node: FieldNode,
  bytes: Buffer,
  at: number,
  start: number,
  end: number,
  positional: Positional | undefined,
): void {
  const child = node.child(bytes, at + 1, start - 1);
  if (child === undefined) {
    if (node.keepsOthers) out.copyField(bytes, at, end);
    return;
  }
  const type = bytes[at] as number;
  if (child.isLeaf || (type !== BsonType.object && type !== BsonType.array)) {
    if (child.keepsOthers) out.copyField(bytes, at, end);
    return;
  }
  const name = bytes.toString('utf8', at + 1, start - 1);
  if (type === BsonType.object) {
    out.openDocument(name);
    appendFields(out, child, bytes, start, end, positional && { ...positional, isNested: true });
    out.close();
    return;
  }
  if (positional === undefined) {
    out.openArray(name);
    appendItems(out, child, bytes, start, end, child.skip, child.limit);
    out.close();
    return;
  }
  const item = positionalItem(name, new Value(type, bytes, start, end), positional);
  if (item !== undefined) out.openArray(name).push(item).close();
}

/** Appends the fields of a document as far as the projection keeps them. */
function appendFields(
  out: DocumentBuilder,
  node: FieldNode,
  bytes: Buffer,
  start: number,
  end: number,
  positional: Positional | undefined,
): void {
  const last = end - 1;
  for (let at = start + 4; at < last;) {
    const valueStart = skipName(bytes, at + 1, last);
    const after = valueEnd(bytes, bytes[at] as number, valueStart, last);
    appendField(out, node, bytes, at, valueStart, after, positional);
    at = after;
  }
}

function positionalItem(name: string, array: Value, { index, isNested }: Positional): Value | undefined {
  const item = index === undefined ? undefined : field(array, index);
  if (item !== undefined || isNested) return item;
  throw executorError(
    index === undefined
      ? `positional operator (${name}.$) requires corresponding field in query specifier`
      : 'positional operator element mismatch',
  );
}

function appendItems(
  out: DocumentBuilder,
  node: FieldNode,
  bytes: Buffer,
  start: number,
  end: number,
  skip: number,
  limit: number,
): void {
  const last = end - 1;
  const first = skip < 0 ? Math.max(0, skip + countItems(bytes, start, end)) : skip;
  let index = 0;
  for (let at = start + 4; at < last; index++) {
    const type = bytes[at] as number;
    const valueStart = skipName(bytes, at + 1, last);
    const after = valueEnd(bytes, type, valueStart, last);
    at = after;
    if (index < first) continue;
    if (limit >= 0 && index >= first + limit) break;
    if (type === BsonType.array) {
      // $slice counts for the outer array only.
      out.pushArray();
      appendItems(out, node, bytes, valueStart, after, 0, -1);
      out.close();
    } else if (type === BsonType.object) {
      out.pushDocument();
      appendFields(out, node, bytes, valueStart, after, undefined);
      out.close();
    } else if (node.keepsOthers) {
      out.push(new Value(type, bytes, valueStart, after));
    }
  }
}
