/** Times of repeated runs, in milliseconds. */
export interface Times {
  median: number;
  /** The half of the runs that is nearest to the median lies within this share of it: the noise. */
  spread: number;
  /** CPU time of this process a run, its garbage collection and worker threads included. */
  cpu: number;
  runs: number;
}

/** Runs until `enoughMs` have passed and `leastRuns` runs are done, after `warmUps` that do not count. */
export async function measure(
  run: () => Promise<unknown>,
  { enoughMs = 2000, leastRuns = 5, warmUps = 2 } = {},
): Promise<Times> {
  for (let i = 0; i < warmUps; i++) await run();
  const times: number[] = [];
  const cpuBefore = process.cpuUsage();
  const end = performance.now() + enoughMs;
  while (times.length < leastRuns || performance.now() < end) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  const median = at(0.5);
  return {
    median,
    spread: (at(0.75) - at(0.25)) / 2 / median,
    cpu: (user + system) / 1000 / times.length,
    runs: times.length,
  };
}
