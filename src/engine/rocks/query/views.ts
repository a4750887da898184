import type { DocumentBuilder } from '../../../bson/builder.ts';
import { CommandError } from '../../../query/errors.ts';
import type { CommandContext } from '../commands/command.ts';
import type { RocksEngineState } from '../state.ts';
import type { CountRequest } from './count-documents.ts';
import type { FindOptions } from './find-options.ts';

export function findOnView(context: CommandContext, options: FindOptions): Promise<DocumentBuilder> {
  void context;
  void options;
  throw new CommandError(1, 'InternalError', 'views');
}
export function countView(state: RocksEngineState, request: CountRequest): Promise<number> {
  void state;
  void request;
  throw new CommandError(1, 'InternalError', 'views');
}
