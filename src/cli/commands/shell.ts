import type { Command } from 'commander';
import { nearest } from '../../shell/nearest.ts';
import { addOpenOptions, type OpenOptions } from '../options.ts';

/** `mongoq` alone: the interactive shell; with standard input from a pipe, the same without a screen. */
export function addShell(program: Command): void {
  addOpenOptions(program)
    .allowExcessArguments()
    .action(async (options: OpenOptions) => {
      const [word] = program.args;
      if (word !== undefined) refuse(word, program);
      const { runShell } = await import('../run-shell.ts');
      await runShell(options);
    });
}

/** Ends with a usage error: a word that is no option was meant as a command. */
function refuse(word: string, program: Command): never {
  const meant = nearest(
    word,
    program.commands.map((command) => command.name()),
  );
  const store = /^(s3|file):\/\//.test(word) ? `\n(A store is given by --store ${word})` : '';
  const hint = meant === undefined ? store : `\n(Did you mean ${meant}?)`;
  program.error(`error: unknown command '${word}'${hint}`);
}
