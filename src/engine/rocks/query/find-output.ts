import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Collator } from '../../../bson/compare.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { addMetadata, metadataOf } from '../../../query/metadata.ts';
import { parseProjection, type Projection } from '../../../query/projection/projection.ts';
import type { CompiledQuery } from './compiled-query.ts';
import { emptyDocument } from './empty.ts';
import type { FindOptions } from './find-options.ts';
import type { FindSort } from './find-sort.ts';
import { matchHooks } from './match-hooks.ts';

/** What a find makes of a matching document. */
export interface FindOutput {
  projection: Projection | undefined;
  /** Undefined leaves documents as they are. */
  apply: ((document: Value) => Value) | undefined;
  /** What `apply` reads of a document's metadata. */
  needsIds: boolean;
  needsKeys: boolean;
}

/** Compiles projection, `returnKey` and `showRecordId`. Throws CommandError. */
export function compileOutput(
  options: FindOptions,
  { filter }: CompiledQuery,
  collator: Collator | undefined,
  sort: FindSort | undefined,
): FindOutput {
  const { returnKey, showRecordId } = options;
  const projection =
    options.projection &&
    parseProjection(options.projection, filter, { collator, hooks: matchHooks(undefined) });
  const metas = projection?.metas;
  const project = projectionOf(projection, sort);
  const changes = returnKey || showRecordId || project !== undefined;
  const apply = (document: Value): Value => {
    if (returnKey) return metadataOf(document)?.indexKey ?? emptyDocument;
    const base = project?.(document) ?? document;
    return showRecordId ? withRecordId(base, metadataOf(document)?.recordId) : base;
  };
  return {
    projection,
    apply: changes ? apply : undefined,
    needsIds: showRecordId || metas?.has('recordId') === true,
    needsKeys: returnKey || metas?.has('indexKey') === true,
  };
}

function projectionOf(
  projection: Projection | undefined,
  sort: FindSort | undefined,
): ((document: Value) => Value) | undefined {
  if (projection === undefined) return undefined;
  if (!projection.metas.has('sortKey') || sort === undefined) return (document) => projection.apply(document);
  const { keys } = sort;
  return (document) =>
    projection.apply(addMetadata(document, { sortKey: keys.asDocument(keys.keyOf(document)) }));
}

function withRecordId(document: Value, id: bigint | undefined): Value {
  const builder = new DocumentBuilder(document.end - document.start + 32);
  for (const { name, value } of elements(document)) builder.append(name, value);
  if (id !== undefined) builder.long('$recordId', id);
  return builder.finish();
}
