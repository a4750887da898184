import { takeTurns } from '../../base/take-turns.ts';

/** Items sorted or merged without looking at the clock: about a millisecond. */
const stretch = 2048;

/**
 * A stable sort that lets the event loop turn: the engine's own would hold it for seconds with what fits into 100 MiB.
 * Rejects with the signal's reason.
 */
export async function sortGradually<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  signal?: AbortSignal,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += stretch) {
    runs.push(items.slice(at, at + stretch).sort(compare));
    await pause(signal);
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      const [left = [], right] = [runs[i], runs[i + 1]];
      longer.push(right ? await merge(left, right, compare, signal) : left);
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merge<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
  signal: AbortSignal | undefined,
): Promise<T[]> {
  const out: T[] = [];
  let [l, r] = [0, 0];
  while (l < left.length && r < right.length) {
    const [a, b] = [left[l] as T, right[r] as T];
    // The left one goes first where they are equal.
    if (compare(a, b) <= 0) {
      out.push(a);
      l++;
    } else {
      out.push(b);
      r++;
    }
    if (out.length % stretch === 0) await pause(signal);
  }
  for (; l < left.length; l++) out.push(left[l] as T);
  for (; r < right.length; r++) out.push(right[r] as T);
  return out;
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  const turn = takeTurns();
  if (turn) await turn;
  signal?.throwIfAborted();
}
