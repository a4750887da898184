import type { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { addQuery } from './query.ts';
import { addServe } from './serve.ts';
import { addShell } from './shell.ts';

/** All commands on `program`. Each loads what it needs only when it runs. */
export function addCommands(program: Command): Command {
  program
    .description('Queries MongoRocks backups where they lie, without restoring them.')
    .version(packageJson.version)
    .exitOverride()
    .showHelpAfterError('(mongoq --help shows all options)')
    .enablePositionalOptions();
  addShell(program);
  addQuery(program);
  addServe(program);
  return program;
}
