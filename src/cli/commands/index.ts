import type { Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { addBackup } from './backup.ts';
import { addDelete } from './delete.ts';
import { addDoctor } from './doctor.ts';
import { addGc } from './gc.ts';
import { addQuery } from './query.ts';
import { addRestore } from './restore.ts';
import { addServe } from './serve.ts';
import { addShell } from './shell.ts';
import { addExamples } from '../examples.ts';
import { addShow } from './show.ts';
import { addTexts } from './texts.ts';
import { addVerify } from './verify.ts';

/** All commands on `program`. Each loads what it needs only when it runs. */
export function addCommands(program: Command): Command {
  program
    .description('Queries MongoRocks backups where they lie, without restoring them.')
    .version(packageJson.version)
    .helpCommand(true)
    .exitOverride()
    .showHelpAfterError('(mongoq --help shows all options)')
    .enablePositionalOptions()
    .hook('preSubcommand', inheritOptions);
  addShell(program);
  addQuery(program);
  addServe(program);
  addShow(program);
  addBackup(program);
  addRestore(program);
  addDelete(program);
  addGc(program);
  addVerify(program);
  addDoctor(program);
  addTexts(program);
  addExamples(program);
  return program;
}

/** `mongoq -b bucket backup ...`, as rocks-strata is called, is the same as `mongoq backup -b bucket ...`. */
function inheritOptions(parent: Command, command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    if (parent.getOptionValueSource(name) === 'cli') {
      command.setOptionValueWithSource(name, parent.getOptionValue(name), 'cli');
    }
  }
  for (const nested of command.commands) inheritOptions(parent, nested);
}
