import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { ExitCode } from './exit-codes.ts';

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What runs and has to end in order. */
const running = new Set<AbortController>();

/**
 * A signal that is aborted at the first of the process' signals `names`; the same one again ends the process at once. The command ends
 * by the abort, in order, leaving nothing behind. SIGHUP may come as often as it likes: a terminal that closes sends it, and then the
 * shell in it does.
 */
export function interruptSignal(names: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP']): AbortSignal {
  const controller = new AbortController();
  running.add(controller);
  const seen = new Set<Name>();
  for (const name of names) {
    process.on(name, () => {
      if (seen.has(name) && name !== 'SIGHUP') process.exit(ExitCode.cancelled);
      seen.add(name);
      cancel(controller);
    });
  }
  return controller.signal;
}

let outputHasFailed = false;

/** Whether the program ends because its output cannot be written, by which its exit code is settled. */
export function outputFailed(): boolean {
  return outputHasFailed;
}

/**
 * From here on the program ends, in order, when its output cannot be written: without a word when whoever reads it has gone, as `head`
 * does; else `report` gets the error, once.
 */
export function endWithOutput(report: (error: MongoqError) => void): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (outputHasFailed) return;
      outputHasFailed = true;
      process.exitCode = error.code === 'EPIPE' ? ExitCode.noReader : ExitCode.error;
      if (error.code !== 'EPIPE') {
        const message = `what is printed cannot be written: ${error.message}`;
        report(new MongoqError(ErrorCode.outputFailed, message, { cause: error }));
      }
      if (running.size === 0) process.exit();
      for (const controller of running) cancel(controller);
    });
  }
}

function cancel(controller: AbortController): void {
  controller.abort(new MongoqError(ErrorCode.cancelled, 'cancelled'));
}
