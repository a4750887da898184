import { setImmediate } from 'node:timers/promises';
import type { Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { CompiledQuery } from './compiled-query.ts';

/** Documents looked at between two pauses in which other commands, and the client's wish to stop, get their turn. */
const documentsAPause = 20_000;

/** The documents that match, with the score of a $text as metadata. */
export async function* matched(
  source: Batches,
  { filter, matches, text }: CompiledQuery,
  signal: AbortSignal,
): Batches {
  const everything = filter.kind === 'alwaysTrue';
  let since = 0;
  for await (const batch of source) {
    since += batch.length;
    if (since > documentsAPause) {
      since = 0;
      await setImmediate();
    }
    signal.throwIfAborted();
    const found = everything ? batch : batch.filter(matches);
    if (found.length === 0) continue;
    if (text) for (const document of found) addScore(document, text.score(document));
    yield found;
  }
}

function addScore(document: Value, textScore: number | undefined): void {
  if (textScore !== undefined) addMetadata(document, { textScore });
}
