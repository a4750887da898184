import type { ShellCommand } from './command.ts';

/** The terminal sees to it before inputs are run (ui/terminal.ts); elsewhere every input may have many lines anyway. */
export const editor: ShellCommand = {
  names: ['.editor', 'editor'],
  usage: '.editor',
  summary: 'type many lines, Ctrl-D runs them',
  doing: 'editing',
  run: () => 'the editor needs a terminal',
};
