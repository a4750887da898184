import { CommandError } from '../../../query/errors.ts';
import type { CommandContext } from './command.ts';

/** Throws Unauthorized unless the command was sent to the admin database. */
export function adminOnly({ db, name }: CommandContext): void {
  if (db === 'admin') return;
  throw new CommandError(13, 'Unauthorized', `${name} may only be run against the admin database.`);
}
