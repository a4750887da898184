import { allowManyListeners } from './many-listeners.ts';

/**
 * Runs `work` on every item, at most `limit` at a time, and returns the results in the items' order. The first failure
 * aborts the signal that the others were given, and is thrown once all that had started have ended, so that nothing is
 * still under way when the promise settles. An abort of `signal` does the same, with the signal's reason.
 */
export async function mapParallel<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, signal: AbortSignal, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const failure = new AbortController();
  const inner = signal ? AbortSignal.any([signal, failure.signal]) : failure.signal;
  allowManyListeners(inner);
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !inner.aborted) {
      const index = next++;
      try {
        results[index] = await work(items[index] as T, inner, index);
      } catch (error) {
        failure.abort(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, limit), items.length) }, worker));
  signal?.throwIfAborted();
  failure.signal.throwIfAborted();
  return results;
}
