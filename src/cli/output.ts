import { formatError } from '../shell/format-error.ts';
import { LiveLine } from '../shell/live-line.ts';

/** Writes a line to standard output. */
export function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Says something beside the results: standard error. */
export function notice(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The one place where a failed command's error is printed. */
export function reportError(error: unknown): void {
  const name = 'mongoq: ';
  const columns = process.stderr.isTTY ? process.stderr.columns - name.length : undefined;
  notice(name + formatError(error, false, columns));
}

/** Whether output may be coloured: a terminal, and the user has not said otherwise (no-color.org). */
export function wantsColors(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** A terminal that does not tell its size, such as a serial line or one made by a program, is taken for one of 80 x 24. */
export function assumeSize(stream: NodeJS.WriteStream): void {
  if (!stream.isTTY) return;
  const assume = (): void => {
    if (stream.columns === 0) stream.columns = 80;
    if (stream.rows === 0) stream.rows = 24;
  };
  assume();
  stream.on('resize', assume);
}

/** A line for what is being done, as far as the stream is a terminal that can show one. */
export function liveLine(stream: NodeJS.WriteStream, quiet = false): LiveLine {
  const erasable = stream.isTTY && process.env['TERM'] !== 'dumb' && !quiet;
  return new LiveLine(stream, { colors: wantsColors(stream), erasable });
}
