import { DocumentBuilder } from '../../bson/builder.ts';
import { valueEnd } from '../../bson/layout.ts';
import { field, type Value } from '../../bson/value.ts';
import { compileDetailedMatcher } from '../match/compile.ts';
import type { MatchContext } from '../match/hooks.ts';
import { skipName } from '../match/path-walker.ts';
import type { MatchNode } from '../match/tree.ts';
import { metadataOf } from '../metadata.ts';
import { appendMeta } from './append-meta.ts';
import { fieldTree } from './field-tree.ts';
import { appendField, type Positional } from './project.ts';
import { parseProjectionSpec, type MetaKind, type ProjectionSpec } from './spec.ts';

/** A compiled find projection. */
export interface Projection {
  readonly spec: ProjectionSpec;
  /** The fields that suffice to answer, for a covered query; undefined if the whole document is needed. */
  readonly requiredPaths: readonly string[] | undefined;
  /** What `$meta` asks for. */
  readonly metas: ReadonlySet<MetaKind>;
  /**
   * The projected document; `$meta` reads the document's metadata (query/metadata.ts). Throws CommandError (96) where the positional operator has no item to show.
   */
  apply(document: Value): Value;
}

/**
 * Parses and compiles a find projection; `filter` is the query that it belongs to. Throws CommandError as mongod 3.4 does.
 */
export function parseProjection(
  projection: Value,
  filter: MatchNode | undefined,
  context: MatchContext,
): Projection {
  const spec = parseProjectionSpec(projection, filter, context);
  const metas = new Set(spec.fields.flatMap((each) => (each.kind === 'meta' ? [each.meta] : [])));
  return { spec, requiredPaths: requiredPaths(spec), metas, apply: compile(spec, filter, context) };
}

/** Like mongod 3.4, an inclusion of fields without dots can be answered from an index; everything else wants the document. */
function requiredPaths(spec: ProjectionSpec): string[] | undefined {
  if (spec.isInclusion !== true || spec.isPositional) return undefined;
  const paths: string[] = [];
  for (const each of spec.fields) {
    if (each.kind === 'include' && !each.path.includes('.')) paths.push(each.path);
    else if (each.kind !== 'meta' || each.meta !== 'sortKey') return undefined;
  }
  if (spec.keepsId && !paths.includes('_id')) paths.unshift('_id');
  return paths;
}

function compile(
  spec: ProjectionSpec,
  filter: MatchNode | undefined,
  context: MatchContext,
): (document: Value) => Value {
  const tree = fieldTree(spec);
  const metas = spec.fields.filter((each) => each.kind === 'meta').sort((a, b) => (a.path < b.path ? -1 : 1));
  const metaNames = new Set(metas.map((each) => each.path));
  const matchers = new Map(
    spec.fields.flatMap((each) =>
      each.kind === 'elemMatch' ? [[each.path, compileDetailedMatcher(each.filter, context)] as const] : [],
    ),
  );
  const details =
    spec.isPositional && filter !== undefined ? compileDetailedMatcher(filter, context) : undefined;
  const looksAtNames = metaNames.size > 0 || matchers.size > 0;

  // The index key stands for the whole result.
  if (metas.some((each) => each.meta === 'indexKey')) {
    return (document) => metadataOf(document)?.indexKey ?? new DocumentBuilder().finish();
  }
  return (document) => {
    const { bytes } = document;
    const out = new DocumentBuilder();
    const positional: Positional | undefined =
      details === undefined ? undefined : { index: details(document)?.arrayIndex, isNested: false };
    const last = document.end - 1;
    for (let at = document.start + 4; at < last;) {
      const start = skipName(bytes, at + 1, last);
      const end = valueEnd(bytes, bytes[at] as number, start, last);
      if (isId(bytes, at + 1)) {
        if (spec.keepsId) out.copyField(bytes, at, end);
      } else if (!looksAtNames) {
        appendField(out, tree, bytes, at, start, end, positional);
      } else {
        const name = bytes.toString('utf8', at + 1, start - 1);
        const matcher = matchers.get(name);
        if (matcher !== undefined) appendMatch(out, name, document, matcher(document)?.arrayIndex);
        else if (!metaNames.has(name)) appendField(out, tree, bytes, at, start, end, positional);
      }
      at = end;
    }
    for (const { path, meta } of metas) appendMeta(out, path, meta, document);
    return out.finish();
  };
}

/** The array with its first item that matched; nothing if none did. */
function appendMatch(out: DocumentBuilder, name: string, document: Value, index: string | undefined): void {
  const array = field(document, name);
  if (index === undefined || array === undefined) return;
  const item = field(array, index);
  if (item !== undefined) out.openArray(name).push(item).close();
}

function isId(bytes: Buffer, at: number): boolean {
  return bytes[at] === 0x5f && bytes[at + 1] === 0x69 && bytes[at + 2] === 0x64 && bytes[at + 3] === 0;
}
