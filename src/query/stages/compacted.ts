import { Value } from '../../bson/value.ts';
import { carryMetadata } from '../metadata.ts';

/**
 * The documents; those of a batch that keep more than twice their own bytes alive are copied to where nothing else is. A
 * document is a view of what was read, up to half a megabyte, and a reply or a sort may hold the few that match until it
 * has 16 MiB or 100 MiB of them.
 */
export function compacted(documents: Value[]): Value[] {
  let own = 0;
  let kept = 0;
  let last: ArrayBufferLike | undefined;
  for (const { bytes, start, end } of documents) {
    own += end - start;
    if (bytes.buffer === last) continue;
    last = bytes.buffer;
    kept += last.byteLength;
  }
  if (kept <= 2 * own) return documents;
  // Slow is not slower: it is without the pool that would be shared with other buffers.
  const room = Buffer.allocUnsafeSlow(own);
  let at = 0;
  return documents.map((document) => {
    const start = at;
    at += document.bytes.copy(room, at, document.start, document.end);
    return carryMetadata(document, new Value(document.type, room, start, at));
  });
}
