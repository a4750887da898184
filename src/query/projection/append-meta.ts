import type { DocumentBuilder } from '../../bson/builder.ts';
import type { Value } from '../../bson/value.ts';
import { CommandError } from '../errors.ts';
import { metadataOf } from '../metadata.ts';
import type { MetaKind } from './spec.ts';

/**
 * Appends what `$meta` asks for, if the document has it; a text score that it lacks is 0, as in mongod. Throws CommandError
 * (96) for the distance or the point of a query that is no $near.
 */
export function appendMeta(out: DocumentBuilder, name: string, kind: MetaKind, document: Value): void {
  const metadata = metadataOf(document);
  switch (kind) {
    case 'textScore':
      out.double(name, metadata?.textScore ?? 0);
      return;
    case 'geoNearDistance':
      if (metadata?.geoNearDistance === undefined) throw noNear('dist');
      out.double(name, metadata.geoNearDistance);
      return;
    case 'recordId':
      if (metadata?.recordId !== undefined) out.long(name, metadata.recordId);
      return;
    case 'geoNearPoint':
      if (metadata?.geoNearPoint === undefined) throw noNear('proj');
      out.append(name, metadata.geoNearPoint);
      return;
    case 'sortKey':
      if (metadata?.sortKey !== undefined) out.append(name, metadata.sortKey);
  }
}

function noNear(what: string): CommandError {
  return new CommandError(
    96,
    'OperationFailed',
    `Executor error during find command: InternalError: near loc ${what} requested but no data available`,
  );
}
