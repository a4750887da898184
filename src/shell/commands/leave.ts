import type { ShellCommand } from './command.ts';

export const leave: ShellCommand = {
  names: ['exit', 'quit'],
  usage: 'exit',
  summary: 'leave the shell (or Ctrl-D, or Ctrl-C twice)',
  doing: 'leaving',
  run: (_args, { exit }) => {
    exit();
    return '';
  },
};
