import { setImmediate } from 'node:timers/promises';

/** How long work may go on, in milliseconds, before what waits for the event loop gets its turn. */
const longestStretch = 10;

let since = performance.now();

/**
 * Lets the event loop turn if it has not for a while; undefined if it need not. Data that is in memory resolves without
 * ever waiting, so that a scan of it would keep timers, other commands and the client's wish to stop from being heard.
 */
export function takeTurns(): Promise<void> | undefined {
  if (performance.now() - since < longestStretch) return undefined;
  return setImmediate().then(() => {
    since = performance.now();
  });
}
