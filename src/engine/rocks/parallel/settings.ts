import { availableParallelism } from 'node:os';

/** How scans are shared between threads. */
export interface ScanSettings {
  /** Threads beside the main one; 0 leaves everything to that. */
  threads: number;
  /** A scan is shared once the main thread has gone through so many bytes of documents. */
  bytesAlone: number;
  /** Stored bytes of a piece of a scan. */
  pieceBytes: number;
}

/** A thread takes 150 ms to start, which is about what a scan of 64 MiB takes. */
const measured = { bytesAlone: 64 << 20, pieceBytes: 4 << 20 };

/** One thread for each further core; MONGOQ_SCAN_THREADS says another number. */
export function defaultScanSettings(): ScanSettings {
  const given = /^\d{1,3}$/.exec(process.env['MONGOQ_SCAN_THREADS'] ?? '')?.[0];
  return { threads: given === undefined ? availableParallelism() - 1 : Number(given), ...measured };
}
