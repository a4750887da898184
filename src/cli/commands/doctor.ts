import type { Command } from 'commander';
import { ExitCode } from '../exit-codes.ts';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';

interface DoctorOptions extends StoreOptions {
  mongodPath?: string;
  json?: boolean;
}

const marks = { good: 'ok     ', optional: 'missing', bad: 'FAILED ' };

/** `mongoq doctor`: what works here, what does not, and what mends it. */
export function addDoctor(program: Command): void {
  addStoreOptions(program.command('doctor'))
    .description('check what mongoq needs here: exit code 1 if something that it cannot do without fails')
    .option('--mongod-path <file>', 'the MongoRocks mongod to check')
    .option('--json', 'print as JSON, one check a line')
    .action(runDoctor);
}

async function runDoctor(options: DoctorOptions): Promise<void> {
  const { runChecks } = await import('../doctor-checks.ts');
  for await (const check of runChecks(options)) {
    if (check.state === 'bad') process.exitCode = ExitCode.error;
    if (options.json) printLine(JSON.stringify(check));
    else
      printLine(
        `${marks[check.state]}  ${check.name}: ${check.found}${check.mend === undefined ? '' : `\n         ${check.mend}`}`,
      );
  }
}
