import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { LiveLine } from '../shell/live-line.ts';
import { runLines } from '../shell/run-lines.ts';
import { clearScreen } from '../shell/style.ts';
import { Shell } from '../shell/shell.ts';
import { fit } from '../shell/wrap.ts';
import { TerminalInput } from '../shell/ui/terminal-input.ts';
import type { TerminalOptions } from '../shell/ui/terminal.ts';
import { stateDirectory } from './directories.ts';
import { openSession, type OpenedSession } from './open-session.ts';
import type { OpenOptions } from './options.ts';
import { liveLine, notice, wantsColors } from './output.ts';
import { ResultPrinter } from './print-results.ts';
import { interruptSignal } from './signals.ts';
import { watchSession } from './watched-session.ts';

type GivenOptions = Omit<TerminalOptions, 'input'>;

/** Runs the shell on the terminal, or on the lines of standard input. */
export async function runShell(options: OpenOptions): Promise<void> {
  await (process.stdin.isTTY && process.stdout.isTTY ? runOnTerminal(options) : runPiped(options));
}

async function runOnTerminal(options: OpenOptions): Promise<void> {
  const ending = interruptSignal(['SIGTERM', 'SIGHUP']);
  // Keys are taken from here on: those typed while a backup is opened go to the first prompts.
  const input = process.env['TERM'] === 'dumb' ? undefined : await TerminalInput.open(process.stdin);
  try {
    await runWithInput(options, input, ending);
  } finally {
    input?.close();
  }
}

/** Without an input the terminal can do no more than print. */
async function runWithInput(
  options: OpenOptions,
  input: TerminalInput | undefined,
  ending: AbortSignal,
): Promise<void> {
  const line = liveLine(process.stdout);
  const printer = new ResultPrinter({ line });
  const screen = input
    ? import('../shell/ui/terminal.ts').then(
        ({ run }) =>
          (shell: Shell, given: GivenOptions) =>
            run(shell, { ...given, input }),
      )
    : import('../shell/ui/dumb-terminal.ts').then(({ run }) => run);
  const { session, close } = await openWithProgress(options, { input, line, ending });
  const shell = new Shell({
    session,
    interactive: true,
    say: printer.say,
    show: printer.show,
    warn: (text) => printer.say(fit(text, process.stdout.columns)),
    columns: () => process.stdout.columns,
    clear: () => {
      if (input) process.stdout.write(clearScreen);
    },
    preload: () => import('../engine/rocks/rocks-engine.ts'),
  });
  try {
    if (!options.quiet && session.backup === undefined)
      await printer.say(
        `help lists the commands, ${session.replica === undefined ? 'lr the replicas' : 'lb the backups'}`,
      );
    const run = await screen;
    await run(shell, {
      historyFile: `${stateDirectory()}/history`,
      colors: wantsColors(process.stdout),
      line,
      signal: ending,
    });
    if (shell.leaving) process.exitCode = shell.exitCode;
  } finally {
    await shell.close();
    await close();
  }
}

/** Ctrl-C while the first backup is opened ends the program. */
async function openWithProgress(
  options: OpenOptions,
  { input, line, ending }: { input: TerminalInput | undefined; line: LiveLine; ending: AbortSignal },
): Promise<OpenedSession> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort(new MongoqError(ErrorCode.cancelled, 'cancelled'));
  if (input) input.running(onInterrupt, () => line.erase());
  else process.on('SIGINT', onInterrupt);
  const what = options.backupId === undefined ? 'the store' : `backup ${options.backupId}`;
  const watched = watchSession(line, () => `opening ${what}`);
  try {
    const signal = AbortSignal.any([interrupt.signal, ending]);
    return await openSession(options, { signal, ...watched });
  } finally {
    watched.endProgress();
    process.off('SIGINT', onInterrupt);
  }
}

async function runPiped(options: OpenOptions): Promise<void> {
  const printer = new ResultPrinter();
  const signal = interruptSignal();
  const { session, close } = await openSession(options, { signal });
  const shell = new Shell({
    session,
    interactive: false,
    say: printer.say,
    show: printer.show,
    warn: (text) => {
      if (!options.quiet) notice(text);
    },
  });
  try {
    await runLines(shell, process.stdin, signal);
    signal.throwIfAborted();
    if (shell.leaving) process.exitCode = shell.exitCode;
  } finally {
    await shell.close();
    await close();
  }
}
