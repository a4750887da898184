import { setMaxListeners } from 'node:events';

/**
 * A signal for what a cursor reads: it outlives the command that opened it, but ends with it while that runs.
 * `detach` is called when the command has replied.
 */
export function cursorSignal(command: AbortSignal): { abort: AbortController; detach: () => void } {
  const abort = new AbortController();
  // Every read in flight listens; Node would warn of a leak.
  setMaxListeners(0, abort.signal);
  const forward = (): void => {
    abort.abort(command.reason);
  };
  if (command.aborted) forward();
  command.addEventListener('abort', forward, { once: true });
  return {
    abort,
    detach: () => {
      command.removeEventListener('abort', forward);
    },
  };
}
