/** Whether a store answers, for whoever waits for it. */
export interface StoreHealth {
  /** Since when every attempt has failed and is repeated: performance.now(), milliseconds. Undefined while attempts succeed. */
  failingSince: number | undefined;
}

export function newStoreHealth(): StoreHealth {
  return { failingSince: undefined };
}
