import { randomBytes } from 'node:crypto';
import type { DocumentCursor } from './document-cursor.ts';

/** A cursor that a client may continue. */
export interface OpenCursor {
  readonly id: bigint;
  readonly namespace: string;
  readonly documents: DocumentCursor;
  /** Stays open at its end: a tailable cursor on a capped collection. */
  readonly tailable: boolean;
  /** Whether a getMore may say how long to wait at the end of a tailable cursor. */
  readonly awaitData: boolean;
  /** Aborts what the cursor is reading. */
  readonly abort: AbortController;
}

interface Registered extends OpenCursor {
  timer: NodeJS.Timeout | undefined;
  timeless: boolean;
  busy: boolean;
}

/** mongod's limit for cursors that nobody reads. */
const idleLimitMs = 10 * 60 * 1000;

/** The open cursors of an engine. One that is not read for ten minutes is closed. */
export class CursorRegistry {
  readonly #cursors = new Map<bigint, Registered>();

  /** Keeps a cursor for later and gives it an id. */
  register(cursor: Omit<OpenCursor, 'id'>, options: { timeless: boolean }): OpenCursor {
    const registered: Registered = {
      ...cursor,
      id: this.#newId(),
      timer: undefined,
      timeless: options.timeless,
      busy: false,
    };
    this.#cursors.set(registered.id, registered);
    this.#rest(registered);
    return registered;
  }

  /** Takes a cursor for reading; it does not time out until it is given back. Undefined if there is none of that id. */
  take(id: bigint): OpenCursor | 'busy' | undefined {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) return undefined;
    if (cursor.busy) return 'busy';
    clearTimeout(cursor.timer);
    cursor.busy = true;
    return cursor;
  }

  /** Gives a cursor back after reading. */
  giveBack({ id }: OpenCursor): void {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) return;
    cursor.busy = false;
    this.#rest(cursor);
  }

  /** The namespace of a cursor that is open. */
  namespaceOf(id: bigint): string | undefined {
    return this.#cursors.get(id)?.namespace;
  }

  /** Ends a cursor; false if there is none of that id. */
  async kill(id: bigint): Promise<boolean> {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) return false;
    this.#cursors.delete(id);
    clearTimeout(cursor.timer);
    cursor.abort.abort(new Error('the cursor was killed'));
    await cursor.documents.close().catch(() => undefined);
    return true;
  }

  /** How many cursors are open. */
  get size(): number {
    return this.#cursors.size;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#cursors.keys()].map((id) => this.kill(id)));
  }

  #rest(cursor: Registered): void {
    if (cursor.timeless) return;
    cursor.timer = setTimeout(() => void this.kill(cursor.id), idleLimitMs);
    cursor.timer.unref();
  }

  /** Positive, and exact as a double: some clients keep ids as numbers. */
  #newId(): bigint {
    for (;;) {
      const id = randomBytes(8).readBigUInt64LE() >> 12n;
      if (id > 0n && !this.#cursors.has(id)) return id;
    }
  }
}
