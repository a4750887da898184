import type { OperationOptions } from '../operations/progress.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { newStoreCounts } from '../store/count.ts';
import { StoreHealth } from '../store/health.ts';
import { openStore } from '../store/open-store.ts';
import type { StoreOptions } from './options.ts';
import { liveLine, notice } from './output.ts';
import { showOperation } from './progress.ts';
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
  const [counts, health] = [newStoreCounts(), new StoreHealth()];
  const store = await openStore(url, { ...storeOptions, counts, health });
  const line = liveLine(process.stderr, options.quiet);
  const progress = showOperation(line, { counts, health });
  const onNotice = (text: string): void => {
    line.erase();
    if (!options.quiet) notice(text);
  };
  try {
    return await work(store, { signal, progress: progress.listener, onNotice });
  } finally {
    progress.end();
    await store.close();
  }
}
