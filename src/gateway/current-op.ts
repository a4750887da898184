import { numberOf } from '../bson/access.ts';
import { DocumentBuilder } from '../bson/builder.ts';
import { documentOf, elements, field, items, type Value } from '../bson/value.ts';

/** The name under which runLocal answers what `currentOpCommandOf` makes. */
export const currentOpCursor = '$currentOp';

/**
 * `{aggregate: 1, pipeline: [{$currentOp: ...}, {$match: ...}?]}` on admin as a command of the gateway's own; undefined
 * for any other command, whose stages the policy judges.
 */
export function currentOpCommandOf(command: Buffer, db: string): Buffer | undefined {
  const document = documentOf(command);
  const [first] = elements(document);
  if (db !== 'admin' || first?.name !== 'aggregate' || numberOf(first.value) !== 1) return undefined;
  const pipelines = [...elements(document)].filter(({ name }) => name === 'pipeline');
  const [pipeline] = pipelines;
  if (pipelines.length !== 1 || !pipeline?.value.isArray()) return undefined;
  const [source, match, ...more] = items(pipeline.value);
  if (!source || !onlyStage(source, '$currentOp') || more.length > 0) return undefined;
  const filter = match && onlyStage(match, '$match');
  if (match && !filter?.isDocument()) return undefined;
  const own = new DocumentBuilder().int(currentOpCursor, 1);
  if (filter) for (const { name, value } of elements(filter)) own.append(name, value);
  return own.finish().slice();
}

/** The reply of such an aggregation: a cursor that is already at its end. */
export function writeCurrentOpCursor(reply: DocumentBuilder, operations: Value): void {
  reply
    .openDocument('cursor')
    .append('firstBatch', operations)
    .long('id', 0n)
    .string('ns', 'admin.$cmd.aggregate')
    .close();
}

function onlyStage(stage: Value, name: string): Value | undefined {
  if (!stage.isDocument()) return undefined;
  const fields = [...elements(stage)];
  return fields.length === 1 && fields[0]?.name === name ? field(stage, name) : undefined;
}
