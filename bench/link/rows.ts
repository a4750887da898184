import type { Link } from './link.ts';

/** What one system took for one piece of work. */
export interface Row {
  work: string;
  system: string;
  /** The delay of each request, milliseconds. */
  latencyMs: number;
  seconds: number;
  requests: number;
  /** What came down the link, HTTP's headers included. */
  bytes: number;
  /** Further figures, such as the peak of memory. */
  note?: string | undefined;
}

/** Times `work` and counts what passes the link meanwhile. What `work` returns becomes the note. */
export async function measure(
  link: Link,
  what: Pick<Row, 'work' | 'system' | 'latencyMs'>,
  work: () => Promise<string | undefined>,
): Promise<Row> {
  await link.reset();
  const started = performance.now();
  const note = await work();
  const seconds = (performance.now() - started) / 1000;
  const { requests, bytesDown } = await link.counts();
  const row = { ...what, seconds, requests, bytes: bytesDown, note };
  console.log(formatRow(row));
  return row;
}

/** How often what depends on the machine's other load is tried; each time with empty caches. */
const tries = 3;

/** The fastest of several tries: other work on the machine only ever adds to one. */
export async function fastest(work: () => Promise<Row>): Promise<Row> {
  let best = await work();
  for (let i = 1; i < tries; i++) {
    const row = await work();
    if (row.seconds < best.seconds) best = row;
  }
  return best;
}

/** A row as a line of text. */
export function formatRow({ latencyMs, work, system, seconds, requests, bytes, note }: Row): string {
  return [
    `${latencyMs} ms`.padStart(6),
    work.padEnd(34),
    system.padEnd(20),
    `${seconds.toFixed(3)} s`.padStart(10),
    `${requests} requests`.padStart(14),
    `${(bytes / 1e6).toFixed(2)} MB`.padStart(10),
    note ?? '',
  ].join('  ');
}
