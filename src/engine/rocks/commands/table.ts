import type { Handlers } from './command.ts';
import { countCommands } from './count.ts';
import { distinctCommands } from './distinct.ts';
import { findCommands } from './find.ts';
import { cursorCommands } from './get-more.ts';
import { listCollectionsCommands } from './list-collections.ts';
import { listDatabasesCommands } from './list-databases.ts';
import { listIndexesCommands } from './list-indexes.ts';

/** Every command that the engine answers, by name. */
export const handlers: Handlers = {
  ...countCommands,
  ...cursorCommands,
  ...distinctCommands,
  ...findCommands,
  ...listCollectionsCommands,
  ...listDatabasesCommands,
  ...listIndexesCommands,
};
