import type { DocumentBuilder } from '../../../bson/builder.ts';
import { CommandError } from '../../../query/errors.ts';
import type { AggregateOptions } from '../commands/aggregate.ts';
import type { CommandContext } from '../commands/command.ts';

/** Explains. */
export function explainAggregate(
  context: CommandContext,
  name: string,
  options: AggregateOptions,
): Promise<DocumentBuilder> {
  void context;
  void name;
  void options;
  throw new CommandError(1, 'InternalError', 'explain');
}
