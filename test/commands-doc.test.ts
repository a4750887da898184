import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addCommands } from '../src/cli/commands/index.ts';
import { fullName } from '../src/cli/examples.ts';

const file = path.join(import.meta.dirname, '../docs/commands.md');
const mark =
  '<!-- What follows is made from --help: UPDATE_DOCS=1 npx vitest run test/commands-doc.test.ts -->';

function helpTexts(command: Command): string[] {
  command.configureHelp({ helpWidth: 110 });
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part) });
  command.outputHelp();
  return [
    `## ${fullName(command)}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\`\n`,
    ...command.commands.flatMap(helpTexts),
  ];
}

it('docs/commands.md shows the help of every command as it is', () => {
  const [head = ''] = readFileSync(file, 'utf8').split(mark);
  const expected = `${head}${mark}\n\n${helpTexts(addCommands(new Command('mongoq'))).join('\n')}`;
  if (process.env['UPDATE_DOCS']) writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
});
