import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands } from './commands/index.ts';
import { completionScript } from './completion/index.ts';
import { examplesOf, fullName } from './examples.ts';
import { manPage } from './man-page.ts';

const program = addCommands(new Command('mongoq'));
const leaves = (command: Command): Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

describe('the texts made from the command definitions', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('%s completion knows every command and long option', (shell) => {
    const script = completionScript(shell, program);
    for (const command of leaves(program)) {
      expect(script).toContain(command.name());
      for (const { long } of command.options.filter(({ hidden }) => !hidden))
        expect(script).toContain(shell === 'fish' ? `-l ${long!.slice(2)}` : long);
    }
  });

  it('the manual page has a section for every command', () => {
    const page = manPage(program, '1.2.3');
    for (const command of leaves(program)) expect(page).toContain(`.SH ${fullName(command).toUpperCase()}`);
  });

  it('escapes what roff would take as its own', () => {
    const tricky = new Command('mongoq').description('A \\ and -x').option('--dot', '.starts with a dot');
    expect(manPage(tricky, '1')).toContain('a \\e and \\-x');
    expect(manPage(tricky, '1')).toContain('\n\\&.starts with a dot');
  });

  it('every command that works on backups has an example', () => {
    const without = leaves(program).filter((command) => examplesOf(command).length === 0);
    expect(without.map(fullName)).toEqual(['mongoq show replica-ids', 'mongoq man']);
  });
});

it.each([
  ['qeury', "error: unknown command 'qeury'\n(Did you mean query?)"],
  ['backups', "error: unknown command 'backups'\n(Did you mean backup?)"],
  ['frobnicate', "error: unknown command 'frobnicate'"],
])('%s is no command, and the one that was meant is named', async (word, message) => {
  const mistyped = addCommands(new Command('mongoq')).configureOutput({ writeErr: () => undefined });
  await expect(mistyped.parseAsync(['node', 'mongoq', '--store', 'x', word])).rejects.toMatchObject({
    message,
  });
});
