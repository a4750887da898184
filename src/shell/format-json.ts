import { EJSON } from 'bson';
import type { EvaluationResult } from './evaluator.ts';

export type JsonStyle = 'canonical' | 'relaxed';

/**
 * A result as Extended JSON v2, one document to a line for cursors; nothing for undefined. Types are those that mongosh gives
 * values: a double without fraction has become an int.
 */
export function formatJson({ type, printable }: EvaluationResult, style: JsonStyle): string {
  if (printable === undefined) return '';
  const relaxed = style === 'relaxed';
  if (type === 'Cursor' || type === 'AggregationCursor' || type === 'CursorIterationResult') {
    const { documents } = printable as { documents: unknown[] };
    return documents.map((document) => EJSON.stringify(document, { relaxed })).join('\n');
  }
  if (type === 'PrintedValues') {
    return (printable as EvaluationResult[]).map((value) => formatJson(value, style)).join('\n');
  }
  return EJSON.stringify(printable, { relaxed });
}
