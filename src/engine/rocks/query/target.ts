import { CommandError } from '../../../query/errors.ts';
import type { RocksEngineState } from '../state.ts';

/** Throws CommandNotSupportedOnView if the name is a view's. */
export async function refuseView(state: RocksEngineState, db: string, name: string): Promise<void> {
  if (state.catalog.collection(db, name)) return;
  if (await state.catalog.view(db, name)) {
    throw new CommandError(
      166,
      'CommandNotSupportedOnView',
      `Namespace ${db}.${name} is a view, not a collection`,
    );
  }
}
