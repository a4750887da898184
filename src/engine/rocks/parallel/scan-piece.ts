import type { Value } from '../../../bson/value.ts';
import type { Database } from '../../../rocksdb/database.ts';
import type { Matcher } from '../../../query/match/compile.ts';
import type { Prefix } from '../prefix.ts';
import { compacted } from '../../../query/stages/compacted.ts';
import { scanRecords, type RecordScanOptions } from '../scan/record-scan.ts';
import type { ScanCounts } from '../scan/scan-counts.ts';

/** What a stretch of a scan found. */
export interface Part {
  /** Documents that were looked at. */
  scanned: number;
  matched: number;
  /** Those that match, or some of them where not all are wanted. */
  documents: Value[];
}

/** Scans a range of a record store for what matches; a part for each batch that was read. Throws as `scanRecords`. */
export async function* scanPiece(
  database: Database,
  prefix: Prefix,
  matches: Matcher,
  options: RecordScanOptions,
  counts: ScanCounts,
): AsyncGenerator<Part> {
  for await (const documents of scanRecords(database, prefix, options, counts)) {
    options.signal?.throwIfAborted();
    const found = documents.filter(matches);
    yield {
      scanned: documents.length,
      matched: found.length,
      documents: found.length === 0 ? found : compacted(found),
    };
  }
}
