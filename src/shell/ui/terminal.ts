import { formatError } from '../format-error.ts';
import type { LiveLine } from '../live-line.ts';
import { showProgress } from '../progress.ts';
import type { Shell } from '../shell.ts';
import { editedInputs, splitInputs } from '../statements.ts';
import { History } from './history.ts';
import { readInput } from './read-input.ts';
import type { TerminalInput } from './terminal-input.ts';

export interface TerminalOptions {
  /** Where keys come from: opened before the shell, so that what was typed meanwhile is there. */
  input: TerminalInput;
  historyFile: string;
  colors: boolean;
  /** Where progress is shown. */
  line: LiveLine;
  /** Aborted when the shell has to end: the terminal is gone, or somebody ends the process. */
  signal: AbortSignal;
}

/** Bracketed paste: the terminal marks what is pasted, so that its line ends are not taken for Enter. */
const pasteMarks = { on: '\x1b[?2004h', off: '\x1b[?2004l' };

/** Reads and runs inputs on the terminal until the user leaves. Finished output stays in the scrollback. */
export async function run(shell: Shell, options: TerminalOptions): Promise<void> {
  const { stdout } = process;
  const { input } = options;
  const history = await History.load(options.historyFile);
  input.prompting();
  const end = (): void => input.end();
  options.signal.addEventListener('abort', end);
  stdout.write(pasteMarks.on);
  // Once the first prompt has been drawn.
  setImmediate(() => void shell.warmUp());
  try {
    while (!shell.leaving && !options.signal.aborted) {
      const prompt = { history, colors: options.colors, complete: shell.complete };
      const result = await readInput(input, stdout, { ...prompt, ...shell.place, multiLine: false });
      if (result.kind !== 'submit') return;
      let inputs = splitInputs(result.text);
      if (result.text.trim() === '.editor') {
        stdout.write('// Ctrl-D runs what you type, Ctrl-C gives it up\n');
        const typed = await readInput(input, stdout, {
          ...prompt,
          time: undefined,
          place: '',
          multiLine: true,
        });
        if (typed.kind === 'leave') return;
        inputs = typed.kind === 'submit' ? editedInputs(typed.text) : [];
        if (typed.kind === 'submit') await remember(history, typed.text);
      } else await remember(history, result.text);
      for (const one of inputs) if (!(await runInput(shell, one, options))) break;
    }
  } finally {
    options.signal.removeEventListener('abort', end);
    input.close();
    stdout.write(pasteMarks.off);
  }
}

async function remember(history: History, text: string): Promise<void> {
  const trouble = await history.add(text);
  if (trouble !== undefined) process.stderr.write(`${trouble}\n`);
}

/** Runs an input; Ctrl-C stops it. False if what follows should not run either. */
async function runInput(
  shell: Shell,
  text: string,
  { input, line, signal, colors }: TerminalOptions,
): Promise<boolean> {
  const interrupt = new AbortController();
  const stop = AbortSignal.any([interrupt.signal, signal]);
  const endProgress = showProgress(
    line,
    () => shell.doing,
    () => shell.status(),
  );
  input.running(
    () => interrupt.abort(),
    () => line.erase(),
  );
  try {
    await shell.run(text, stop);
  } catch (error) {
    endProgress();
    process.stderr.write(`${formatError(error, colors, process.stderr.columns)}\n`);
  } finally {
    endProgress();
    input.prompting();
  }
  return !stop.aborted && !shell.leaving;
}
