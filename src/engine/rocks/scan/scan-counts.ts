/** What a query has looked at, for explain. */
export interface ScanCounts {
  /** Index entries read. */
  keys: number;
  /** Documents read. */
  documents: number;
  /** Look-ups and scans started in indexes. */
  seeks: number;
}

export function newScanCounts(): ScanCounts {
  return { keys: 0, documents: 0, seeks: 0 };
}
