import { createInterface } from 'node:readline';
import type { Shell } from './shell.ts';
import { isComplete } from './complete-input.ts';

/**
 * Feeds the shell from a pipe: an input is as many lines as it takes to close its brackets and strings. The first
 * failing input ends it by throwing. What is incomplete at the end is run as it is, so that its error shows.
 */
export async function runLines(
  shell: Shell,
  input: NodeJS.ReadableStream,
  signal?: AbortSignal,
): Promise<void> {
  const lines = createInterface({ input, crlfDelay: Infinity, signal });
  let pending = '';
  for await (const line of lines) {
    pending = pending === '' ? line : `${pending}\n${line}`;
    if (!isComplete(pending)) continue;
    const complete = pending;
    pending = '';
    await shell.run(complete, signal);
    if (shell.leaving) return;
  }
  if (pending.trim() !== '') await shell.run(pending, signal);
}
