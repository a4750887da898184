import type { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import { metadataOf } from '../metadata.ts';
import type { MetaKind } from './spec.ts';

/** Appends what `$meta` asks for, if the document has it; a text score that it lacks is 0, as in mongod. */
export function appendMeta(out: DocumentBuilder, name: string, kind: MetaKind, document: Value): void {
  const metadata = metadataOf(document);
  switch (kind) {
    case 'textScore':
      out.double(name, metadata?.textScore ?? 0);
      return;
    case 'geoNearDistance':
      if (metadata?.geoNearDistance !== undefined) out.double(name, metadata.geoNearDistance);
      return;
    case 'recordId':
      if (metadata?.recordId !== undefined) out.long(name, metadata.recordId);
      return;
    case 'geoNearPoint':
    case 'sortKey': {
      const value = metadata?.[kind];
      if (value !== undefined) out.append(name, value);
    }
  }
}
