import { render } from 'ink';
import { formatError } from '../format-error.ts';
import type { Shell } from '../shell.ts';
import { History } from './history.ts';
import { Prompt } from './prompt.tsx';

export interface TerminalOptions {
  historyFile: string;
  colors: boolean;
}

/** Reads and runs inputs on the terminal until the user leaves. Finished output stays in the scrollback. */
export async function runTerminal(shell: Shell, options: TerminalOptions): Promise<void> {
  const history = await History.load(options.historyFile);
  while (!shell.leaving) {
    const input = await readInput(shell.prompt, history.entries, shell);
    if (input === undefined) return;
    const trouble = await history.add(input);
    if (trouble !== undefined) process.stderr.write(`${trouble}\n`);
    await runInput(shell, input);
  }
}

/** One prompt; the text typed stays on the screen. Undefined when the user leaves: Ctrl-D, or Ctrl-C twice. */
async function readInput(
  label: string,
  history: readonly string[],
  shell: Shell,
): Promise<string | undefined> {
  let interrupts = 0;
  const input = await new Promise<string | undefined>((resolve) => {
    const app = render(
      <Prompt
        label={label}
        history={history}
        complete={(text) => shell.complete(text)}
        onSubmit={(text) => finish(text)}
        onInterrupt={(empty) => {
          interrupts = empty ? interrupts + 1 : 0;
          if (interrupts > 1) finish(undefined);
        }}
      />,
      { exitOnCtrlC: false },
    );
    const finish = (text: string | undefined): void => {
      app.unmount();
      void app.waitUntilExit().then(() => resolve(text));
    };
  });
  return input;
}

/** Runs an input; Ctrl-C, which the terminal turns into SIGINT meanwhile, stops it. */
async function runInput(shell: Shell, input: string): Promise<void> {
  const interrupts = new AbortController();
  const onInterrupt = (): void => {
    interrupts.abort();
    void shell.interrupt();
  };
  process.on('SIGINT', onInterrupt);
  try {
    await shell.run(input);
  } catch (error) {
    process.stderr.write(interrupts.signal.aborted ? 'interrupted\n' : `${formatError(error)}\n`);
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}
