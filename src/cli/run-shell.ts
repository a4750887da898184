import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import type { LiveLine } from '../shell/live-line.ts';
import { showProgress } from '../shell/progress.ts';
import { runLines } from '../shell/run-lines.ts';
import { Shell } from '../shell/shell.ts';
import { stateDirectory } from './directories.ts';
import { openSession, type OpenedSession } from './open-session.ts';
import type { OpenOptions } from './options.ts';
import { liveLine, notice, wantsColors } from './output.ts';
import { ResultPrinter } from './print-results.ts';
import { interruptSignal } from './signals.ts';

/** Runs the shell on the terminal, or on the lines of standard input. */
export async function runShell(options: OpenOptions): Promise<void> {
  await (process.stdin.isTTY && process.stdout.isTTY ? runOnTerminal(options) : runPiped(options));
}

async function runOnTerminal(options: OpenOptions): Promise<void> {
  const line = liveLine(process.stdout);
  const printer = new ResultPrinter({ line });
  const ending = interruptSignal(['SIGTERM', 'SIGHUP']);
  const dumb = process.env['TERM'] === 'dumb';
  const screen = dumb ? import('../shell/ui/dumb-terminal.ts') : import('../shell/ui/terminal.ts');
  const { session, close } = await openWithProgress(options, line, ending);
  const shell = new Shell({
    session,
    interactive: true,
    say: printer.say,
    show: printer.show,
    preload: () => import('../engine/rocks/rocks-engine.ts'),
  });
  try {
    const terminal = {
      historyFile: `${stateDirectory()}/history`,
      colors: wantsColors(process.stdout),
      line,
      signal: ending,
    };
    const { run } = await screen;
    await run(shell, terminal);
  } finally {
    await shell.close();
    await close();
  }
}

/** Ctrl-C while the first backup is opened ends the program. */
async function openWithProgress(
  options: OpenOptions,
  line: LiveLine,
  ending: AbortSignal,
): Promise<OpenedSession> {
  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort(new MongoqError(ErrorCode.cancelled, 'cancelled'));
  process.on('SIGINT', onInterrupt);
  const endProgress = showProgress(
    line,
    () => `opening ${options.backupId === undefined ? 'the store' : `backup ${options.backupId}`}`,
  );
  try {
    return await openSession(options, {
      signal: AbortSignal.any([interrupt.signal, ending]),
      onNotice: (text) => {
        line.erase();
        notice(text);
      },
    });
  } finally {
    endProgress();
    process.off('SIGINT', onInterrupt);
  }
}

async function runPiped(options: OpenOptions): Promise<void> {
  const printer = new ResultPrinter();
  const signal = interruptSignal();
  const { session, close } = await openSession(options, { signal });
  const shell = new Shell({ session, interactive: false, say: printer.say, show: printer.show });
  try {
    await runLines(shell, process.stdin, signal);
    signal.throwIfAborted();
  } finally {
    await shell.close();
    await close();
  }
}
