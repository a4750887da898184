import { documentOf } from '../../../bson/value.ts';
import type { CompiledQuery } from '../query/compiled-query.ts';
import { compileFindSort } from '../query/find-sort.ts';
import { asBuffer, type Give } from './protocol.ts';
import type { Part } from './scan-piece.ts';

/**
 * Leaves out of the parts of a piece what is not asked for. Of documents in an order those that come first in the piece are given at
 * its end: no others can come first in the whole. Throws CommandError (96) where a sort would.
 */
export async function* narrow(
  parts: AsyncGenerator<Part>,
  give: Give,
  { filter, collator }: CompiledQuery,
  signal: AbortSignal,
): AsyncGenerator<Part> {
  if (give === 'documents') {
    yield* parts;
    return;
  }
  const sort =
    give === 'count' ? undefined : compileFindSort(documentOf(asBuffer(give.sort)), collator, filter);
  const sorter = give === 'count' ? undefined : sort?.sorter(give.limit);
  for await (const { scanned, matched, documents } of parts) {
    if (sorter) for (const document of documents) sorter.add(document);
    yield { scanned, matched, documents: [] };
  }
  if (sorter) yield { scanned: 0, matched: 0, documents: await sorter.finish(signal) };
}
