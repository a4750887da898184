import type { ReadCounts } from '../../session/session.ts';
import { formatBytes } from '../../base/format-bytes.ts';
import { renderTable, tableWidth, widthsOf } from '../table.ts';
import type { ShellCommand } from './command.ts';
import { noArguments } from './arguments.ts';
import { localTime } from './time.ts';

export const status: ShellCommand = {
  names: ['status', '.stats'],
  usage: 'status',
  summary: 'what is open, and what reading it has cost',
  doing: 'counting',
  keepsCounts: true,
  run: async (args, { session, columns }) => {
    noArguments(args, status);
    const { backup, engine, counts, lastCounts } = await session.status();
    const rows = [
      ['store', session.storeUrl],
      ['replica', session.replica ?? 'none chosen (lr lists them, cr ID chooses)'],
      [
        'backup',
        backup ? `${backup.id}, ${localTime(backup.date)}` : 'none chosen (lb lists them, cb ID chooses)',
      ],
      ['engine', engine ?? 'none'],
      ['address', session.uri],
    ];
    const costs = [
      ['', 'requests', 'fetched', 'used', 'cache hits', 'waited'],
      ['last command', ...costRow(lastCounts)],
      ['session', ...costRow(counts)],
    ];
    return `${renderTable(rows, ['left', 'left'])}\n\n${costTable(costs, columns)}`;
  },
};

/** One row for each kind of cost where there is no room for a column of each. */
function costTable(costs: string[][], columns = Infinity): string {
  const align = ['left', ...Array<'right'>(costs[0]?.length ?? 0).fill('right')] as const;
  const fits = tableWidth(widthsOf(costs)) <= columns;
  const turned = costs[0]?.map((_, column) => costs.map((row) => row[column] ?? '')) ?? [];
  return renderTable(fits ? costs : turned, [...align]);
}

function costRow(counts: ReadCounts): string[] {
  return [
    String(counts.requests),
    formatBytes(counts.bytesFetched),
    formatBytes(counts.bytesUsed),
    String(counts.hits),
    `${(counts.waitedMs / 1000).toFixed(2)} s`,
  ];
}
