import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { addQuery } from './query.ts';
import { addServe } from './serve.ts';
import { addShell } from './shell.ts';

/** All commands on `program`. Each loads what it needs only when it runs. */
export function addCommands(program: Command): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  program
    .description('Queries MongoRocks backups where they lie, without restoring them.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(mongoq --help shows all options)')
    .enablePositionalOptions();
  addShell(program);
  addQuery(program);
  addServe(program);
  return program;
}
