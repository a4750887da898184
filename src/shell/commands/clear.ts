import { noArguments } from './arguments.ts';
import type { ShellCommand } from './command.ts';

export const clearScreen: ShellCommand = {
  names: ['cls', 'clear'],
  usage: 'cls',
  summary: 'clear the screen (or Ctrl-L)',
  doing: 'clearing',
  keepsCounts: true,
  run: (args, { clear }) => {
    noArguments(args, clearScreen);
    clear();
    return '';
  },
};
