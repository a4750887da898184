import { randomUUID } from 'node:crypto';

/** One who holds a replica's lease. */
export interface Holder {
  /** Unique to this holding. */
  id: string;
  /** What it does, for messages: backup, gc, restore. */
  operation: string;
  /** An exclusive holder is alone; shared ones may be many. */
  mode: 'shared' | 'exclusive';
  /** Counts renewals: a holder whose beat stands still is dead. */
  beat: number;
  /** The backup id that the holder is about to publish under. */
  publishes: string | undefined;
  /** For messages only. */
  host: string;
  pid: number;
  since: string;
}

/**
 * The lease object's bytes, never the same twice: S3 takes two versions with the same bytes for one, and then a put that
 * is conditional on the first would succeed although somebody held the lease in between.
 */
export function writeHolders(holders: Holder[]): Buffer {
  return Buffer.from(JSON.stringify({ holders, version: randomUUID() }, null, 1));
}

/**
 * Reads a lease object. What cannot be read might stand for somebody alive, so it counts as one exclusive holder whose
 * id is the object's version: it is waited for as for any holder whose beat stands still.
 */
export function parseHolders(bytes: Buffer, etag: string): Holder[] {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as { holders?: unknown };
    if (Array.isArray(value.holders) && value.holders.every(isHolder)) return value.holders;
  } catch {
    // Treated like any other object that is no lease.
  }
  return [
    {
      id: `unreadable ${etag}`,
      operation: 'unknown',
      mode: 'exclusive',
      beat: 0,
      publishes: undefined,
      host: 'unknown',
      pid: 0,
      since: 'unknown',
    },
  ];
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const holder = value as Record<string, unknown>;
  return (
    typeof holder['id'] === 'string' &&
    typeof holder['operation'] === 'string' &&
    (holder['mode'] === 'shared' || holder['mode'] === 'exclusive') &&
    typeof holder['beat'] === 'number' &&
    (holder['publishes'] === undefined || typeof holder['publishes'] === 'string') &&
    typeof holder['host'] === 'string' &&
    typeof holder['pid'] === 'number' &&
    typeof holder['since'] === 'string'
  );
}

/** "backup on db1 (process 12, since 2026-...)". */
export function describeHolder(holder: Holder): string {
  return `${holder.operation} on ${holder.host} (process ${holder.pid}, since ${holder.since})`;
}
