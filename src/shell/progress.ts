import { noCounts, subtractCounts } from '../session/counts.ts';
import type { ReadCounts } from '../session/session.ts';
import { formatBytes } from './format-bytes.ts';
import type { LiveLine } from './live-line.ts';

/** What takes less time than this is not commented on. */
const patienceMs = 500;
const refreshMs = 250;

/**
 * Shows on `line`, after half a second, what is being done and what it costs: "opening backup 812: 3.1 s, 48 requests, 12.30 MiB,
 * 3.97 MiB/s". `counts` gives undefined while nothing has been read. Returns what ends it and erases the line.
 */
export function showProgress(
  line: LiveLine,
  what: () => string,
  counts: () => Promise<ReadCounts | undefined>,
): () => void {
  const started = performance.now();
  const now = (): Promise<ReadCounts> =>
    counts().then(
      (some) => some ?? noCounts,
      () => noCounts,
    );
  const before = now();
  let ended = false;
  const update = async (): Promise<void> => {
    const seconds = (performance.now() - started) / 1000;
    const { requests, bytesFetched: bytes } = subtractCounts(await now(), await before);
    if (ended) return;
    const parts = [`${what()}: ${seconds.toFixed(1)} s`];
    if (requests > 0) parts.push(requests === 1 ? '1 request' : `${requests} requests`);
    if (bytes > 0) parts.push(formatBytes(bytes), `${formatBytes(bytes / seconds)}/s`);
    line.show(parts.join(', '), ' (Ctrl-C stops)');
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
