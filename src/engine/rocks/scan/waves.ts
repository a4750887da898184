import { takeTurns } from '../../../base/take-turns.ts';
import type { Value } from '../../../bson/value.ts';
import { IdSet } from './id-set.ts';
import type { Entry } from './index-scan.ts';
import type { ScanCounts } from './scan-counts.ts';

/** Documents asked for in one wave: few at first, because a limit may end the query soon. */
const firstWave = 32;
const largestWave = 1024;

/** Bytes of documents in one wave, about: of large ones a thousand would be more than memory holds. */
const bytesAWave = 16 << 20;

export interface WaveOptions {
  /** How many documents are wanted at least, where that is known. */
  expected?: number | undefined;
  /** Leave out documents that came before: entries of a multikey index, branches of an $or. */
  distinct: boolean;
}

/** What was read for some entries. */
export interface Wave {
  documents: Value[];
  /** How many documents were fetched for that, and their bytes. */
  fetched: number;
  bytes: number;
}

/** What `read` makes of index entries, in the entries' order. It is asked for a wave while the one before is used. */
export async function* inWaves(
  entries: AsyncIterable<Entry[]>,
  read: (entries: readonly Entry[]) => Promise<Wave>,
  { expected, distinct }: WaveOptions,
  counts: ScanCounts,
): AsyncGenerator<Value[]> {
  const size = new WaveSize(expected);
  const used = function* ({ documents, fetched, bytes }: Wave): Generator<Value[]> {
    counts.documents += fetched;
    size.saw(fetched, bytes);
    if (documents.length > 0) yield documents;
  };
  let first = true;
  let ahead: Promise<Wave> | undefined;
  for await (const part of parts(entries, size, distinct, counts)) {
    const begun = read(part);
    begun.catch(() => undefined);
    // The first wave may be all that is wanted. After it, one is on its way while the one before is used.
    const ready = first ? begun : ahead;
    ahead = first ? undefined : begun;
    first = false;
    if (ready) yield* used(await ready);
    const turn = takeTurns();
    if (turn) await turn;
  }
  if (ahead) yield* used(await ahead);
}

/** The entries in pieces, each to be read at once. */
async function* parts(
  entries: AsyncIterable<Entry[]>,
  size: WaveSize,
  distinct: boolean,
  counts: ScanCounts,
): AsyncGenerator<Entry[]> {
  const seen = new IdSet();
  for await (const batch of entries) {
    const fresh = distinct ? batch.filter(({ id }) => seen.add(id)) : batch;
    counts.duplicates += batch.length - fresh.length;
    for (let at = 0; at < fresh.length;) {
      const part = fresh.slice(at, at + size.next());
      at += part.length;
      yield part;
    }
  }
}

/** How many documents the next wave asks for. */
class WaveSize {
  #next: number;
  /** Bytes of a document in the last wave that fetched any. */
  #average = 0;

  constructor(expected: number | undefined) {
    this.#next = Math.min(Math.max(expected ?? firstWave, 1), largestWave);
  }

  next(): number {
    const next = this.#next;
    this.#next = Math.min(next * 2, largestWave);
    return Math.max(1, Math.min(next, Math.floor(bytesAWave / Math.max(this.#average, 1))));
  }

  saw(documents: number, bytes: number): void {
    if (documents > 0) this.#average = bytes / documents;
  }
}
