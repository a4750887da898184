import type { OperationOptions } from '../operations/progress.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { openStore } from '../store/open-store.ts';
import type { StoreOptions } from './options.ts';
import { notice } from './output.ts';
import { progressLine } from './progress.ts';
import { resolveStore } from './resolve.ts';
import { interruptSignal } from './signals.ts';

/**
 * Runs an operation on the store that the options name, with progress on a terminal, notices on standard error, and an
 * abort at Ctrl-C.
 */
export async function withStore<T>(
  options: StoreOptions,
  work: (store: ObjectStore, operation: Required<OperationOptions> & { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const signal = interruptSignal();
  const { url, options: storeOptions } = resolveStore(options);
  const store = await openStore(url, storeOptions);
  const progress = progressLine(process.stderr, options.quiet ?? false);
  const onNotice = (text: string): void => {
    progress.clear();
    if (!options.quiet) notice(text);
  };
  try {
    return await work(store, { signal, progress: progress.listener, onNotice });
  } finally {
    progress.clear();
    await store.close();
  }
}
