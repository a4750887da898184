import { DocumentBuilder } from '../../../bson/builder.ts';
import { elements, type Value } from '../../../bson/value.ts';
import { metadataOf } from '../../../query/metadata.ts';
import { emptyDocument } from './empty.ts';
import type { FindOptions } from './find-options.ts';

/** What a find makes of a matching document: projection, `returnKey`, `showRecordId`; undefined leaves it as it is. */
export function compileOutput(options: FindOptions): ((document: Value) => Value) | undefined {
  const { returnKey, showRecordId } = options;
  if (!returnKey && !showRecordId) return undefined;
  return (document) => {
    const base = returnKey ? (metadataOf(document)?.indexKey ?? emptyDocument) : document;
    return showRecordId ? withRecordId(base, metadataOf(document)?.recordId) : base;
  };
}

function withRecordId(document: Value, id: bigint | undefined): Value {
  const builder = new DocumentBuilder(document.end - document.start + 32);
  for (const { name, value } of elements(document)) builder.append(name, value);
  if (id !== undefined) builder.long('$recordId', id);
  return builder.finish();
}
