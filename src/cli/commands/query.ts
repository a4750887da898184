import { Option, type Command } from 'commander';
import { addOpenOptions } from '../options.ts';
import type { QueryOptions } from '../run-query.ts';

/** `mongoq query`: runs code on one backup and prints the results, without a terminal. */
export function addQuery(program: Command): void {
  addOpenOptions(program.command('query'))
    .description('run shell code on a backup: --eval, script files, or standard input')
    .argument('[files...]', 'scripts to run, in order')
    .option('--eval <code>', 'code to run (may be repeated)', (code: string, all?: string[]) => [
      ...(all ?? []),
      code,
    ])
    .option('--db <name>', 'the database that `db` means', 'test')
    .addOption(jsonOption())
    .action(async (files: string[], options: QueryOptions) => {
      const { runQuery } = await import('../run-query.ts');
      await runQuery(files, options);
    });
}

/** Its value is given as `--json=relaxed` only: `--json script.js` is a flag and a file, as in mongosh. */
function jsonOption(): Option {
  const styles = ['canonical', 'relaxed'];
  return new Option('--json [style]', `print results as Extended JSON: ${styles.join(' (default) or ')}`)
    .preset('canonical')
    .choices(styles);
}
