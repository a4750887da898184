import { createInterface, type Interface } from 'node:readline';
import { formatError } from '../format-error.ts';
import { isComplete } from '../complete-input.ts';
import type { Shell } from '../shell.ts';
import { History } from './history.ts';
import type { TerminalOptions } from './terminal.ts';

/**
 * The shell where the terminal can do no more than print (TERM=dumb: an editor's window, a serial line): Node's line editing
 * without escape sequences, no progress.
 */
export async function run(shell: Shell, options: Omit<TerminalOptions, 'input'>): Promise<void> {
  const history = await History.load(options.historyFile);
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    terminal: false,
    signal: options.signal,
  });
  void shell.warmUp();
  let pending = '';
  let running: AbortController | undefined;
  let leaving = false;
  const interrupt = (): void => {
    if (running) running.abort();
    else if (pending === '' && leaving) lines.close();
    else {
      leaving = pending === '';
      process.stdout.write(leaving ? '\n(press Ctrl-C again to leave, or type exit)\n' : '\n');
      pending = '';
      prompt(shell, lines, pending);
    }
  };
  process.on('SIGINT', interrupt);
  prompt(shell, lines, pending);
  try {
    for await (const line of lines) {
      leaving = false;
      pending = pending === '' ? line : `${pending}\n${line}`;
      if (isComplete(pending)) {
        const input = pending;
        pending = '';
        await history.add(input);
        running = new AbortController();
        await shell
          .run(input, AbortSignal.any([running.signal, options.signal]))
          .catch((error: unknown) =>
            process.stderr.write(`${formatError(error, false, process.stderr.columns)}\n`),
          );
        running = undefined;
        if (shell.leaving) return;
      }
      prompt(shell, lines, pending);
    }
  } finally {
    process.off('SIGINT', interrupt);
    lines.close();
  }
}

function prompt(shell: Shell, lines: Interface, pending: string): void {
  lines.setPrompt(pending === '' ? shell.place.place : '... ');
  lines.prompt();
}
