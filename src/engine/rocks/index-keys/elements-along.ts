import { field, items, type Value } from '../../../bson/value.ts';

/**
 * The values at a dotted path as special indexes see them: through arrays of documents and arrays, or by a position where the path has
 * one. An array at the end is opened with `open`. Source: the format notes, "What is put into an index".
 */
export function elementsAlong(document: Value, path: string, open: boolean): Value[] {
  const found = field(document, path);
  if (found) return open && found.isArray() ? [...items(found)] : [found];
  const dot = path.indexOf('.');
  if (dot < 0) return [];
  const next = field(document, path.slice(0, dot));
  const rest = path.slice(dot + 1);
  if (next?.isArray() === true && !/^\d+(\.|$)/.test(rest)) {
    return [...items(next)].flatMap((item) =>
      item.isDocument() || item.isArray() ? elementsAlong(item, rest, open) : [],
    );
  }
  return next && (next.isDocument() || next.isArray()) ? elementsAlong(next, rest, open) : [];
}
