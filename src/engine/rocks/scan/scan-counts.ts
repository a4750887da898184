/** What a query has looked at, for explain. */
export interface ScanCounts {
  /** Index entries read. */
  keys: number;
  /** Record ids of entries that were within the bounds of all fields. */
  entries: number;
  /** Those of them that had come before: entries of a multikey index, branches of an $or. */
  duplicates: number;
  /** Documents read. */
  documents: number;
  /** Look-ups and scans started in indexes. */
  seeks: number;
  /** Whether the plan was read to its end. */
  ended: boolean;
  /** The same for each branch of an $or, which the counts above do not repeat. */
  branches: ScanCounts[];
}

export function newScanCounts(): ScanCounts {
  return { keys: 0, entries: 0, duplicates: 0, documents: 0, seeks: 0, ended: false, branches: [] };
}

/** Index entries read by a plan and its branches. */
export function allKeys({ keys, branches }: ScanCounts): number {
  return branches.reduce((sum, branch) => sum + allKeys(branch), keys);
}
