/** A client that asks one question after another, as long as it is wanted. */
export interface Asking {
  /** Right answers so far. */
  readonly answered: number;
  /** Resolves once it has so many right answers more; rejects if one is wrong. */
  more(count: number): Promise<void>;
  /** Ends after the question that is open; the number of right answers. Rejects if one was wrong or failed. */
  stop(): Promise<number>;
}

/** `ask` puts one question and rejects unless the answer is right; the next is put when it has resolved. */
export function keepAsking(ask: (number: number) => Promise<void>): Asking {
  let answered = 0;
  let wanted = true;
  const waiting = new Set<{ until: number; resolve: () => void }>();
  const all = (async () => {
    while (wanted) {
      await ask(answered);
      answered++;
      for (const one of waiting) if (answered >= one.until) one.resolve();
    }
  })();
  all.catch(() => undefined);
  return {
    get answered() {
      return answered;
    },
    more: async (count) => {
      const reached = new Promise<void>((resolve) => waiting.add({ until: answered + count, resolve }));
      await Promise.race([reached, all]);
    },
    stop: async () => {
      wanted = false;
      await all;
      return answered;
    },
  };
}
