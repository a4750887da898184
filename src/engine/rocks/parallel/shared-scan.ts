import { setImmediate } from 'node:timers/promises';
import { messageOf } from '../../../base/errors.ts';
import type { StoredRange } from '../scan/record-scan.ts';
import { maxUntaken, type Work } from './protocol.ts';
import type { Part } from './scan-piece.ts';
import type { TaskListener, ThreadTask } from './scan-thread.ts';
import type { ScanThreads } from './scan-threads.ts';

export interface SharedScanOptions {
  threads: ScanThreads;
  /** Neighbouring pieces in their order. */
  pieces: AsyncGenerator<StoredRange>;
  work: Work;
  /** Scans a piece on this thread. */
  scanHere(range: StoredRange, signal: AbortSignal): AsyncGenerator<Part>;
  /** Whether it pays to let other threads do pieces, as far as is known now. */
  worthwhile: () => boolean;
  signal: AbortSignal;
}

/** How long this thread scans before it looks at what others want of it, in milliseconds: they wait for its bytes. */
const stretchMs = 2;
/** Pieces that are known ahead of the one whose turn it is, beside those that each thread has. */
const piecesAhead = 4;
const piecesAThread = 2;

/** A piece and what was found in it and not passed on. */
class Piece {
  readonly range: StoredRange;
  state: 'waiting' | 'here' | 'elsewhere' | 'done' = 'waiting';
  parts: { part: Part; bytes: number }[] = [];
  /** Some of its parts were passed on. */
  begun = false;
  failure: { error: unknown } | undefined;
  task: ThreadTask | undefined;
  /** Bytes that were found here and not passed on. */
  held = 0;

  constructor(range: StoredRange) {
    this.range = range;
  }
}

/**
 * A scan that this thread and others do together, a piece each. What they find is passed on in the order of the pieces,
 * so that nobody can tell who did what; errors have their place in it, too. How far anyone gets ahead is bounded.
 */
export class SharedScan {
  readonly #options: SharedScanOptions;
  readonly #ended = new AbortController();
  #pieces: Piece[] = [];
  /** No further pieces come. */
  #complete = false;
  #failure: { error: unknown } | undefined;
  #nextPiece: Promise<void> | undefined;
  #wake: () => void = () => undefined;
  #makeRoom: () => void = () => undefined;

  constructor(options: SharedScanOptions) {
    this.#options = options;
  }

  /** What is found, in order. Throws what the scan of a piece throws, and the signal's reason. */
  async *parts(): AsyncGenerator<Part> {
    const { signal, pieces } = this.#options;
    const stop = (): void => {
      this.#ended.abort(signal.reason);
      this.#wake();
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      for (;;) {
        signal.throwIfAborted();
        const changed = new Promise<void>((resolve) => (this.#wake = resolve));
        this.#assign();
        const [first] = this.#pieces;
        if (first === undefined) {
          if (this.#failure) throw this.#failure.error;
          if (this.#complete) return;
        } else if (first.parts.length > 0) {
          yield* this.#take(first);
          continue;
        } else if (first.state === 'done') {
          if (first.failure) throw first.failure.error;
          this.#pieces.shift();
          continue;
        }
        await changed;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#ended.abort(new Error('the scan has ended'));
      this.#makeRoom();
      for (const { task } of this.#pieces) task?.cancel();
      await this.#nextPiece;
      await pieces.return(undefined);
    }
  }

  *#take(piece: Piece): Generator<Part> {
    const { parts } = piece;
    piece.parts = [];
    piece.begun = true;
    for (const { part, bytes } of parts) {
      yield part;
      if (bytes === 0) continue;
      if (piece.task) piece.task.taken(bytes);
      else {
        piece.held -= bytes;
        this.#makeRoom();
      }
    }
  }

  /** Gives pieces that wait to whoever is free. */
  #assign(): void {
    const { threads, worthwhile } = this.#options;
    this.#findPieces();
    for (const piece of this.#pieces) {
      if (piece.state !== 'waiting') continue;
      if (!this.#pieces.some(({ state }) => state === 'here')) {
        piece.state = 'here';
        void this.#scanHere(piece);
      } else if (worthwhile()) {
        const { work } = this.#options;
        piece.task = threads.run({ work, ...piece.range }, this.#listener(piece));
        if (!piece.task) return;
        piece.state = 'elsewhere';
      }
    }
  }

  #findPieces(): void {
    const { pieces, threads } = this.#options;
    const enough = piecesAhead + piecesAThread * threads.size;
    if (this.#nextPiece || this.#complete || this.#pieces.length >= enough) return;
    this.#nextPiece = pieces
      .next()
      .then((step) => {
        if (step.done === true) this.#complete = true;
        else this.#pieces.push(new Piece(step.value));
      })
      .catch((error: unknown) => {
        this.#complete = true;
        this.#failure = { error };
      })
      .finally(() => {
        this.#nextPiece = undefined;
        this.#wake();
      });
  }

  #listener(piece: Piece): TaskListener {
    const end = (failure?: { error: unknown }): void => {
      piece.state = 'done';
      piece.failure = failure;
      this.#wake();
    };
    return {
      found: (part, bytes) => {
        piece.parts.push({ part, bytes });
        this.#wake();
      },
      done: () => {
        end();
      },
      failed: (error) => {
        end({ error });
      },
      lost: () => {
        if (piece.begun) {
          end({ error: new Error('a thread that scanned the collection has ended') });
          return;
        }
        // Nothing of it was passed on, so it can be done again from its start.
        piece.parts = [];
        piece.task = undefined;
        piece.state = 'waiting';
        this.#wake();
      },
    };
  }

  async #scanHere(piece: Piece): Promise<void> {
    const { signal } = this.#ended;
    let since = performance.now();
    try {
      for await (const part of this.#options.scanHere(piece.range, signal)) {
        const bytes = part.documents.reduce((sum, { start, end }) => sum + end - start, 0);
        piece.held += bytes;
        piece.parts.push({ part, bytes });
        this.#wake();
        if (performance.now() - since > stretchMs) {
          await setImmediate();
          since = performance.now();
        }
        while (piece.held > maxUntaken && !signal.aborted) {
          await new Promise<void>((resolve) => (this.#makeRoom = resolve));
        }
      }
    } catch (error) {
      piece.failure = { error: error instanceof Error ? error : new Error(messageOf(error)) };
    }
    piece.state = 'done';
    this.#wake();
  }
}
