import { setImmediate } from 'node:timers/promises';

/** How long work may go on, in milliseconds, before what waits for the event loop gets its turn. */
const longestStretch = 10;

/** Of fast work on many items, only every so many ask for the time. */
const itemsBetween = 16;

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

/** The items that `keep` keeps. Others get their turn in between, so that it may be slow. */
export async function filterInTurns<T>(items: readonly T[], keep: (item: T) => boolean): Promise<T[]> {
  const kept: T[] = [];
  for (let at = 0; at < items.length; at += itemsBetween) {
    const turn = takeTurns();
    if (turn) await turn;
    const end = Math.min(at + itemsBetween, items.length);
    for (let index = at; index < end; index++) {
      const item = items[index] as T;
      if (keep(item)) kept.push(item);
    }
  }
  return kept;
}

/** What `change` makes of the items, without what is undefined; others get their turn in between. */
export async function mapInTurns<T, R>(
  items: readonly T[],
  change: (item: T) => R | undefined,
): Promise<R[]> {
  const changed: R[] = [];
  for (let at = 0; at < items.length; at += itemsBetween) {
    const turn = takeTurns();
    if (turn) await turn;
    for (const item of items.slice(at, at + itemsBetween)) {
      const made = change(item);
      if (made !== undefined) changed.push(made);
    }
  }
  return changed;
}
