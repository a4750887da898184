import type { Progress, ProgressListener } from '../operations/progress.ts';
import { formatBytes } from '../base/format-bytes.ts';
import type { LiveLine } from '../shell/live-line.ts';
import { fails, patienceMs, refreshMs, requestsOf } from '../shell/progress.ts';
import { allRequests, type StoreCounts } from '../store/count.ts';
import type { Failing } from '../store/health.ts';

export interface ProgressLine {
  listener: ProgressListener;
  /** Removes the line for good. */
  end: () => void;
}

/**
 * Shows on `line`, after half a second, what an operation on a store is doing: how much, how fast and for how long still, or, before it
 * has said anything of that, what it has asked for.
 */
export function showOperation(
  line: LiveLine,
  { counts, health }: { counts: Readonly<StoreCounts>; health: Failing },
): ProgressLine {
  const started = performance.now();
  let phase: { began: number; bytesBefore: number; now: Progress } | undefined;
  const draw = (): void => {
    const now = performance.now();
    const failingMs = health.failingSince === undefined ? 0 : now - health.failingSince;
    const trouble = fails(failingMs, health.reason);
    // While nothing comes, how fast it did is of no interest.
    const seconds = phase && trouble === '' ? (now - phase.began) / 1000 : 0;
    const text = phase
      ? describe(phase.now, seconds, phase.now.bytesDone - phase.bytesBefore)
      : `reading the store: ${((now - started) / 1000).toFixed(1)} s, ${requestsOf(allRequests(counts))}`;
    line.show(text + trouble);
  };
  let timer = setTimeout(() => {
    draw();
    timer = setInterval(draw, refreshMs);
  }, patienceMs);
  return {
    listener: (progress) => {
      if (progress.phase === phase?.now.phase) phase.now = { ...progress };
      else phase = { began: performance.now(), bytesBefore: progress.bytesDone, now: { ...progress } };
    },
    end: () => {
      clearTimeout(timer);
      line.erase();
    },
  };
}

/** `upload: 3 of 10 files, 1.20 GiB of 4.00 GiB, 50.00 MiB/s, 57 s left`. */
export function describe(progress: Progress, seconds: number, bytes: number): string {
  const { phase, filesDone, filesTotal, bytesDone, bytesTotal } = progress;
  const parts = [`${phase}: ${filesDone} of ${filesTotal} files`];
  if (bytesTotal > 0) parts.push(`${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}`);
  if (seconds >= 1 && bytes > 0) {
    const rate = bytes / seconds;
    parts.push(`${formatBytes(Math.round(rate))}/s`, `${duration((bytesTotal - bytesDone) / rate)} left`);
  }
  return parts.join(', ');
}

function duration(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
