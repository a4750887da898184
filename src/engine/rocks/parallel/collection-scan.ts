import { toValue } from '../../../bson/js.ts';
import { nodesOf } from '../../../query/match/tree.ts';
import type { Value } from '../../../bson/value.ts';
import type { Prefix } from '../prefix.ts';
import type { CollectionScanPlan } from '../planner/plan.ts';
import type { CompiledQuery } from '../query/compiled-query.ts';
import { recordRange } from '../scan/record-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';
import type { RocksEngineState } from '../state.ts';
import { narrow } from './narrow.ts';
import type { Give } from './protocol.ts';
import { scanPiece, type Part } from './scan-piece.ts';
import { SharedScan } from './shared-scan.ts';

export interface CollectionScan {
  prefix: Prefix;
  plan: CollectionScanPlan;
  query: CompiledQuery;
  /** What is wanted; once the scan is shared no more than that is passed on. */
  give: 'documents' | 'count' | { sort: Value; limit: number };
  /** All will be read: fetch far ahead from the start. */
  eager: boolean | undefined;
  signal: AbortSignal;
}

/** Copying more of what was read than this between threads costs more than it saves, as measured (docs/performance.md). */
const worthwhileShare = 1 / 5;

/** Whether other threads may do parts of a scan: it needs no more than the documents' bytes and the filter. */
export function canShare(
  state: RocksEngineState,
  { filter }: CompiledQuery,
  plan: CollectionScanPlan,
): boolean {
  if (!state.threads.usable || plan.reverse) return false;
  return [...nodesOf(filter)].every(({ kind }) => kind !== 'text' && kind !== 'near' && kind !== 'where');
}

/**
 * Scans a collection, at first on this thread alone. Once it has gone through so much that it may go on for long, threads
 * for the other cores take their part. A part for each stretch, in natural order, whoever did it.
 */
export async function* scanCollection(
  { database, threads }: RocksEngineState,
  { prefix, plan, query, give, eager, signal }: CollectionScan,
  counts: ScanCounts,
): AsyncGenerator<Part> {
  const { bytesAlone, pieceBytes } = threads.settings;
  const range = recordRange(prefix, plan);
  const total = { scanned: 0, matched: 0 };
  const worthwhile = (): boolean => give !== 'documents' || total.matched <= total.scanned * worthwhileShare;
  const noted = (part: Part): Part => {
    total.scanned += part.scanned;
    total.matched += part.matched;
    return part;
  };

  let last: Buffer | undefined;
  let bytes = 0;
  const onKey = (key: Buffer, read: number): void => {
    last = key;
    bytes += read;
  };
  let share = false;
  for await (const part of scanPiece(
    database,
    prefix,
    query.matches,
    { range, eager, signal, onKey },
    counts,
  )) {
    yield noted(part);
    if (bytes < bytesAlone) continue;
    bytes = 0;
    share = threads.usable && worthwhile();
    if (share) break;
  }
  if (!share || last === undefined) return;

  threads.start();
  const rest = { lower: Buffer.concat([last, Buffer.alloc(1)]), upper: range.upper };
  const sent: Give = typeof give === 'object' ? { sort: give.sort.slice(), limit: give.limit } : give;
  const shared = new SharedScan({
    threads,
    pieces: database.pieces(rest, pieceBytes),
    work: {
      prefix,
      filter: query.given.slice(),
      collation: query.collator && toValue(query.collator.spec).slice(),
      give: sent,
    },
    scanHere: (piece, ended) => {
      const options = { range: piece, eager: true, signal: ended };
      return narrow(scanPiece(database, prefix, query.matches, options, counts), sent, query, ended);
    },
    worthwhile,
    signal,
  });
  for await (const part of shared.parts()) yield noted(part);
}
