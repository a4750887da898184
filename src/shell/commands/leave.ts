import type { ShellCommand } from './command.ts';

export const leave: ShellCommand = {
  names: ['exit', 'quit'],
  usage: 'exit',
  summary: 'leave the shell',
  run: (_args, { exit }) => {
    exit();
    return '';
  },
};
