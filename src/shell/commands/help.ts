import { wrapWords } from '../wrap.ts';
import type { ShellCommand } from './command.ts';

/** A usage that is longer has a line of its own. */
const usageWidth = 22;
const nameWidth = 16;
/** What every terminal has, less the column in which a full line would make the cursor wrap. */
const textWidth = 79;

/** `help`, for the commands that there are, in their order; it fits 80 columns. */
export function helpOn(commands: () => readonly ShellCommand[]): ShellCommand {
  return {
    names: ['help', 'h'],
    usage: 'help',
    summary: 'show this help',
    doing: 'help',
    run: () =>
      [
        ...commands().flatMap(entry),
        '',
        '  Every other line is an ordinary mongo shell command, answered from the chosen',
        '  backup: show dbs, use app, db.users.findOne({_id: 42}), it, ...',
        '  db.help() and db.users.help() list what there is.',
        '  Backups are read-only: writes are refused.',
      ].join('\n'),
  };
}

function entry({ names: [, long], usage, summary }: ShellCommand): string[] {
  const before = 2 + usageWidth + nameWidth;
  const [first = '', ...rest] = wrapWords(summary, textWidth - before).map((line, index) =>
    index === 0 ? long.padEnd(nameWidth) + line : ' '.repeat(before) + line,
  );
  const indent = ' '.repeat(2 + usageWidth);
  return usage.length < usageWidth
    ? [`  ${usage.padEnd(usageWidth)}${first}`, ...rest]
    : [`  ${usage}`, indent + first, ...rest];
}
