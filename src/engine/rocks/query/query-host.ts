import type { QueryHost } from '../../../query/context.ts';
import { CommandError } from '../../../query/errors.ts';
import type { RocksEngineState } from '../state.ts';

export function queryHost(state: RocksEngineState, signal: AbortSignal): QueryHost {
  void state;
  void signal;
  throw new CommandError(1, 'InternalError', 'host');
}
