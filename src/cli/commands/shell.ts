import type { Command } from 'commander';
import { formatResult } from '../../shell/format.ts';
import { runLines } from '../../shell/run-lines.ts';
import { Shell } from '../../shell/shell.ts';
import { stateDirectory } from '../directories.ts';
import { openSession } from '../open-session.ts';
import { addOpenOptions, type OpenOptions } from '../options.ts';
import { printLine, wantsColors } from '../output.ts';
import { interruptSignal } from '../signals.ts';

/** `mongoq` alone: the interactive shell; with standard input from a pipe, the same without a screen. */
export function addShell(program: Command): void {
  addOpenOptions(program).action(runShell);
}

async function runShell(options: OpenOptions): Promise<void> {
  const colors = wantsColors(process.stdout);
  const onTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const signal = onTerminal ? undefined : interruptSignal();
  const { session, close } = await openSession(options, signal ? { signal } : {});
  const shell = new Shell({
    session,
    interactive: onTerminal,
    say: printLine,
    show: (result) => {
      const text = formatResult(result, { colors });
      if (text !== '') printLine(text);
    },
  });
  try {
    if (onTerminal) {
      const { runTerminal } = await import('../../shell/ui/terminal.tsx');
      await runTerminal(shell, { historyFile: `${stateDirectory()}/history`, colors });
    } else {
      const interrupt = (): void => void shell.interrupt();
      signal?.addEventListener('abort', interrupt);
      await runLines(shell, process.stdin);
      signal?.throwIfAborted();
    }
  } finally {
    await shell.close();
    await close();
  }
}
