import type { Command } from 'commander';
import { ExitCode } from '../exit-codes.ts';
import type { DoctorOptions } from '../doctor-checks.ts';
import { showProgress } from '../../shell/progress.ts';
import { addStoreOptions } from '../options.ts';
import { liveLine, printLine } from '../output.ts';
import { interruptSignal } from '../signals.ts';

const marks = { good: 'ok     ', optional: 'missing', bad: 'FAILED ' };

/** `mongoq doctor`: what works here, what does not, and what mends it. */
export function addDoctor(program: Command): void {
  addStoreOptions(program.command('doctor'))
    .description('check what mongoq needs here: exit code 1 if something that it cannot do without fails')
    .option('--mongod-path <file>', 'the MongoRocks mongod to check')
    .option('--cache-dir <dir>', 'the cache directory to check')
    .option('--json', 'print as JSON, one check a line')
    .action(runDoctor);
}

async function runDoctor(options: DoctorOptions & { json?: boolean }): Promise<void> {
  const { runChecks } = await import('../doctor-checks.ts');
  const signal = interruptSignal();
  const line = liveLine(process.stderr, options.quiet);
  const endProgress = showProgress(
    line,
    () => 'looking',
    () => Promise.resolve(undefined),
  );
  try {
    for await (const check of runChecks(options, signal)) {
      signal.throwIfAborted();
      line.erase();
      if (check.state === 'bad') process.exitCode = ExitCode.error;
      if (options.json) printLine(JSON.stringify(check));
      else
        printLine(
          `${marks[check.state]}  ${check.name}: ${check.found}${check.mend === undefined ? '' : `\n         ${check.mend}`}`,
        );
    }
  } finally {
    endProgress();
  }
}
