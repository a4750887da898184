import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { ExitCode } from './exit-codes.ts';

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** What runs and has to end in order. */
const running = new Set<AbortController>();

/**
 * A signal that is aborted at the first of the process' signals `names`; the second one ends the process at once. The command ends by
 * the abort, in order, leaving nothing behind.
 */
export function interruptSignal(names: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP']): AbortSignal {
  const controller = new AbortController();
  running.add(controller);
  let count = 0;
  for (const name of names) {
    process.on(name, () => {
      if (++count > 1) process.exit(ExitCode.cancelled);
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
