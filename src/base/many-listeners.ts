import { setMaxListeners } from 'node:events';

/**
 * Lets any number of operations listen to one signal. Node takes more than ten listeners for a leak and prints a
 * warning, but a hundred reads that end together when a command is cancelled are what a signal is for.
 */
export function allowManyListeners(signal: AbortSignal | undefined): void {
  if (signal) setMaxListeners(0, signal);
}
