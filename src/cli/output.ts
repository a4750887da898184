import { formatError } from '../shell/format-error.ts';

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
  notice(`mongoq: ${formatError(error)}`);
}

/** Whether output may be coloured: a terminal, and the user has not said otherwise (no-color.org). */
export function wantsColors(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}
