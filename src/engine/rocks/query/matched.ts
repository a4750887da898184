import { filterInTurns } from '../../../base/take-turns.ts';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { addMetadata } from '../../../query/metadata.ts';
import { filterInThread, hasScripts } from '../scripts/in-thread.ts';
import { compacted } from '../../../query/stages/compacted.ts';
import type { CompiledQuery } from './compiled-query.ts';

/** The documents that match, with the score of a $text as metadata. */
export async function* matched(source: Batches, query: CompiledQuery, signal: AbortSignal): Batches {
  const { filter, matches, text } = query;
  const everything = filter.kind === 'alwaysTrue';
  const passing = hasScripts(query)
    ? filterInThread(query, signal)
    : (batch: Value[]) => filterInTurns(batch, matches);
  for await (const batch of source) {
    signal.throwIfAborted();
    const found = everything ? batch : await passing(batch);
    if (found.length === 0) continue;
    if (text) for (const document of found) addScore(document, text.score(document));
    yield compacted(found);
  }
}

function addScore(document: Value, textScore: number | undefined): void {
  if (textScore !== undefined) addMetadata(document, { textScore });
}
