/** An iteration whose first step was taken before anybody asked for it. */
export interface Begun<T> {
  items(): AsyncGenerator<T>;
  /** Ends it, also if it was never read. */
  close(): Promise<void>;
}

/** Starts an iteration: its first step runs while others are read. A failure shows when its items are read. */
export function begin<T>(source: AsyncGenerator<T>): Begun<T> {
  const first = source.next();
  first.catch(() => undefined);
  return {
    async *items() {
      for (let step = await first; step.done !== true; step = await source.next()) yield step.value;
    },
    async close() {
      await first.catch(() => undefined);
      await source.return(undefined);
    },
  };
}
