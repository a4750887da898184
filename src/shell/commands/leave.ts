import { wrongUsage } from './arguments.ts';
import type { ShellCommand } from './command.ts';

export const leave: ShellCommand = {
  names: ['exit', 'quit'],
  usage: 'exit [CODE]',
  summary: 'leave the shell (or Ctrl-D, or Ctrl-C twice)',
  doing: 'leaving',
  run: ([code = '0', ...more], { exit }) => {
    if (!/^\d{1,3}$/.test(code) || more.length > 0) throw wrongUsage(leave);
    exit(Number(code));
    return '';
  },
};
