import { wrapWords } from '../wrap.ts';
import { oneArgument, wrongUsage } from './arguments.ts';
import type { ShellCommand } from './command.ts';

/** A usage that is longer has a line of its own. */
const usageWidth = 22;
const nameWidth = 16;
/** What every terminal has, less the column in which a full line would make the cursor wrap. */
const textWidth = 79;

/** Below the commands. */
const more = [
  'Every other line is an ordinary mongo shell command, answered from the chosen backup: show dbs, use app, db.users.findOne({_id: 42}), it, ...',
  'db.help() and db.users.help() list what there is.',
  'Backups are read-only: writes are refused.',
];

/** `help`, for the commands that there are, in their order; it fits 80 columns, or as few as the terminal has. */
export function helpOn(commands: () => readonly ShellCommand[]): ShellCommand {
  const help: ShellCommand = {
    names: ['help', 'h'],
    usage: 'help [COMMAND]',
    summary: 'show this help, or that of one command',
    doing: 'help',
    run: (args, { columns = Infinity }) => {
      const show = columns > textWidth ? entry : narrowEntry(columns);
      if (args.length === 0) {
        const below = more.flatMap((line) => wrapWords(line, Math.min(textWidth, columns) - 2));
        return [...commands().flatMap(show), '', ...below.map((line) => `  ${line}`)].join('\n');
      }
      const name = oneArgument(args, help);
      const one = commands().find(({ names }) => names.includes(name));
      if (!one) throw wrongUsage(help);
      return show(one).join('\n');
    },
    complete: () => Promise.resolve(commands().map(({ names }) => names[0])),
  };
  return help;
}

/** In two rows or more: the names, the summary. */
function narrowEntry(columns: number): (command: ShellCommand) => string[] {
  return ({ names: [, long], usage, summary }) => [
    ...wrapWords(`${usage}, ${long}`, columns - 2).map((line) => `  ${line}`),
    ...wrapWords(summary, columns - 6).map((line) => `      ${line}`),
  ];
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
