import type { Command } from 'commander';
import { addOpenOptions, type OpenOptions } from '../options.ts';

/** `mongoq` alone: the interactive shell; with standard input from a pipe, the same without a screen. */
export function addShell(program: Command): void {
  addOpenOptions(program).action(async (options: OpenOptions) => {
    const { runShell } = await import('../run-shell.ts');
    await runShell(options);
  });
}
