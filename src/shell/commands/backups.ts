import type { BackupSummary } from '../../catalog/catalog.ts';
import { endOfTime } from '../../session/select-backup.ts';
import { renderTable } from '../table.ts';
import { wrongUsage } from './arguments.ts';
import type { ShellCommand } from './command.ts';
import { localTime, relativeTime } from './time.ts';

/** Each backup's figures are an object of their own: those of thousands of backups would take long to read. */
const statsPage = 100;

export const listBackups: ShellCommand = {
  names: ['lb', 'list_backups'],
  usage: 'lb [DATE | --last N]',
  summary: 'list the backups of the replica, all, of a day or month, or the last N',
  run: async (args, { session, now }) => {
    const listed = filtered(await session.listBackups(), args);
    if (listed.length === 0)
      return args.length > 0 ? 'no such backups' : `no backups of ${session.replica ?? ''}`;
    const newest = await session.withStats(listed.slice(-statsPage));
    const older = listed.slice(0, -statsPage);
    const rows = [...older, ...newest].map((backup) => row(backup, backup.id === session.backup?.id, now));
    const table = renderTable(
      [
        [
          '',
          'ID',
          'date',
          '',
          'num files',
          'size (GB)',
          'incremental files',
          'incremental size (GB)',
          'duration',
        ],
        ...rows,
      ],
      ['left', 'right', 'left', 'left', 'right', 'right', 'right', 'right', 'right'],
    );
    if (older.length === 0) return table;
    return `${table}\n\nonly the figures of the last ${statsPage} were read; lb DATE shows those of a day or month`;
  },
};

function filtered(backups: BackupSummary[], args: string[]): BackupSummary[] {
  if (args.length === 0) return backups;
  if (args[0] === '--last' && args.length === 2 && /^\d+$/.test(args[1] ?? ''))
    return backups.slice(-Number(args[1]));
  const day = args.join(' ');
  const until = endOfTime(day);
  if (until === undefined) throw wrongUsage(listBackups);
  const since = startOfTime(day);
  return backups.filter(({ date }) => date >= since && date <= until);
}

/** `2017-03` begins with its first day; a day with its midnight. */
function startOfTime(words: string): Date {
  const day = /^\d{4}-\d\d$/.test(words) ? `${words}-01` : words.slice(0, 10);
  return new Date(`${day}T00:00:00`);
}

function row(backup: BackupSummary, current: boolean, now: Date): string[] {
  const { stats } = backup;
  const head = [current ? '*' : ' ', backup.id, localTime(backup.date), relativeTime(backup.date, now)];
  if (!stats) return [...head, '?', '?', '?', '?', '?'];
  return [
    ...head,
    String(stats.files),
    gigabytes(stats.bytes),
    String(stats.newFiles),
    gigabytes(stats.newBytes),
    `${(stats.duration / 1e9).toFixed(1)} s`,
  ];
}

function gigabytes(bytes: number): string {
  const size = bytes / 1024 ** 3;
  return size >= 10 ? size.toFixed(1) : size.toPrecision(2);
}

export const changeBackup: ShellCommand = {
  names: ['cb', 'change_backup'],
  usage: 'cb ID | latest | first | -N | +N | DATE [TIME]',
  summary: 'change to a backup: by id, by steps, or the last one at or before a time',
  run: async (args, { session, now }) => {
    if (args.length === 0) throw wrongUsage(changeBackup);
    const { backup, engine } = await session.chooseBackup(args.join(' '));
    return `backup ${backup.id} of ${session.replica ?? ''}, ${localTime(backup.date)} (${relativeTime(backup.date, now)}), engine: ${engine}`;
  },
  complete: async ({ session }) => [...(await session.listBackups()).map(({ id }) => id), 'latest', 'first'],
};
