import { noCounts, subtractCounts } from '../session/counts.ts';
import type { SessionStatus } from '../session/session.ts';
import { formatBytes } from '../base/format-bytes.ts';
import { harmless } from './harmless.ts';
import type { LiveLine } from './live-line.ts';

/** What takes less time than this is not commented on. */
export const patienceMs = 500;
export const refreshMs = 250;
/** Single faults are ordinary, and soon mended by asking again. */
const faultMs = 1000;

/** What is told of a session. */
export type Watched = Pick<SessionStatus, 'counts' | 'failingMs' | 'failingReason'>;

const nothing: Watched = { counts: noCounts, failingMs: 0, failingReason: '' };

/**
 * Shows on `line`, after half a second, what is being done and what it costs: "opening backup 812: 3.1 s, 48 requests, 12.30 MiB,
 * 3.97 MiB/s"; while the store fails, that instead of the rate. `watch` gives undefined as long as nothing has been read. Returns what
 * ends it and erases the line.
 */
export function showProgress(
  line: LiveLine,
  what: () => string,
  watch: () => Promise<Watched | undefined>,
): () => void {
  if (!line.possible) return () => undefined;
  const started = performance.now();
  const now = (): Promise<Watched> =>
    watch().then(
      (status) => status ?? nothing,
      () => nothing,
    );
  const before = now();
  let ended = false;
  const update = async (): Promise<void> => {
    const seconds = (performance.now() - started) / 1000;
    const { counts, failingMs, failingReason } = await now();
    const { requests, bytesFetched: bytes } = subtractCounts(counts, (await before).counts);
    if (ended) return;
    const parts = [`${what()}: ${seconds.toFixed(1)} s`];
    if (requests > 0) parts.push(requestsOf(requests));
    if (bytes > 0) parts.push(formatBytes(bytes));
    const trouble = fails(failingMs, failingReason);
    if (trouble === '' && bytes > 0) parts.push(`${formatBytes(bytes / seconds)}/s`);
    line.show(parts.join(', ') + trouble, ' (Ctrl-C stops)');
  };
  let timer = setTimeout(() => {
    void update();
    timer = setInterval(() => void update(), refreshMs);
  }, patienceMs);
  return () => {
    ended = true;
    clearTimeout(timer);
    line.erase();
  };
}

/** How many requests, in words. */
export function requestsOf(count: number): string {
  return count === 1 ? '1 request' : `${count} requests`;
}

/** What is said behind it when the store has failed for so many milliseconds, by `reason` as far as that is known. */
export function fails(ms: number, reason: string): string {
  if (ms <= faultMs) return '';
  return `, the store fails${reason === '' ? ', asking again' : `: ${harmless(reason.replaceAll('\n', ' '))}`}`;
}
