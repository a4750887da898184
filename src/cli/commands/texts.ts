import { Argument, type Command } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import type { CompletionShell } from '../completion/index.ts';

/** `mongoq completion SHELL` and `mongoq man`: texts made from the command definitions. */
export function addTexts(program: Command): void {
  program
    .command('completion')
    .description('print a completion script')
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: CompletionShell) => {
      const { completionScript } = await import('../completion/index.ts');
      process.stdout.write(completionScript(shell, program));
    });
  program
    .command('man')
    .description('print the manual page (mongoq man | man -l -)')
    .action(async () => {
      const { manPage } = await import('../man-page.ts');
      process.stdout.write(manPage(program, packageJson.version));
    });
}
