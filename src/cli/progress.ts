import type { Progress, ProgressListener } from '../operations/progress.ts';
import { formatBytes } from '../shell/format-bytes.ts';

/** How often the line is drawn, milliseconds. */
const everyMs = 200;

export interface ProgressLine {
  listener: ProgressListener;
  /** Removes the line. */
  clear: () => void;
}

/**
 * One line on a terminal that shows what is being done, how much, how fast and for how long still; nothing anywhere
 * else.
 */
export function progressLine(stream: NodeJS.WriteStream, quiet: boolean): ProgressLine {
  if (!stream.isTTY || quiet) return { listener: () => undefined, clear: () => undefined };
  let phase = '';
  let started = 0;
  let bytesBefore = 0;
  let drawn = 0;
  return {
    listener: (progress) => {
      const now = performance.now();
      if (progress.phase !== phase) {
        phase = progress.phase;
        started = now;
        bytesBefore = progress.bytesDone;
      } else if (now - drawn < everyMs) return;
      drawn = now;
      const text = describe(progress, (now - started) / 1000, progress.bytesDone - bytesBefore);
      stream.write(`\r\x1b[K${text.slice(0, stream.columns - 1)}`);
    },
    clear: () => {
      if (drawn > 0) stream.write('\r\x1b[K');
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
