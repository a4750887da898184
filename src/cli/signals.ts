import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

type Name = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * A signal that is aborted at the first of the process' signals `names`; the second one ends the process at once. The command ends by
 * the abort, in order, leaving nothing behind.
 */
export function interruptSignal(names: readonly Name[] = ['SIGINT', 'SIGTERM', 'SIGHUP']): AbortSignal {
  const controller = new AbortController();
  let count = 0;
  for (const name of names) {
    process.on(name, () => {
      if (++count > 1) process.exit(130);
      controller.abort(new MongoqError(ErrorCode.cancelled, 'cancelled'));
    });
  }
  return controller.signal;
}
