import { ErrorCode } from '../../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../../base/errors.ts';
import type { BackupSummary } from '../../catalog/catalog.ts';
import type { Session } from '../../session/session.ts';
import { endOfTime, startOfDay } from '../../session/select-backup.ts';
import { formatBytes } from '../../base/format-bytes.ts';
import { nearest } from '../nearest.ts';
import { renderTable } from '../table.ts';
import { fit } from '../wrap.ts';
import { wrongUsage } from './arguments.ts';
import type { ShellCommand } from './command.ts';
import { age, localTime, relativeTime } from './time.ts';

/** Each backup's figures are an object of their own: those of thousands of backups would take long to read. */
const statsPage = 100;

export const listBackups: ShellCommand = {
  names: ['lb', 'list_backups'],
  usage: 'lb [DATE | --last N]',
  summary: 'list the backups of the replica, all, of a day or month, or the last N',
  doing: 'listing backups',
  run: async (args, { session, now, columns, signal }) => {
    const listed = filtered(await session.listBackups(signal), args);
    if (listed.length === 0) return `no ${args.length > 0 ? 'such ' : ''}backups of ${session.replica ?? ''}`;
    const newest = await session.withStats(listed.slice(-statsPage), signal);
    const older = listed.slice(0, -statsPage);
    const rows = [...older, ...newest].map((backup) => row(backup, backup.id === session.backup?.id, now));
    const head = ['  ID', 'date', 'age', 'files', 'size', 'new', 'new size', 'duration'];
    const table = renderTable(
      [head, ...rows],
      ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
      columns,
    );
    if (older.length === 0) return table;
    const note = `only the figures of the last ${statsPage} were read; lb DATE shows those of a day or month`;
    return `${table}\n\n${fit(note, columns)}`;
  },
};

function filtered(backups: BackupSummary[], args: string[]): BackupSummary[] {
  if (args.length === 0) return backups;
  if (args[0]?.startsWith('--last')) {
    const [, count = args[1] ?? ''] = args[0].split('=');
    if (!/^[1-9]\d*$/.test(count)) throw wrongUsage(listBackups);
    return backups.slice(-Number(count));
  }
  const day = args.join(' ');
  const until = endOfTime(day);
  const since = startOfDay(day);
  if (until === undefined || since === undefined) throw wrongUsage(listBackups);
  return backups.filter(({ date }) => date >= since && date <= until);
}

/** The original's columns, narrow enough for 80 characters. */
function row(backup: BackupSummary, current: boolean, now: Date): string[] {
  const { id, date, stats } = backup;
  const head = [`${current ? '*' : ' '} ${id}`, localTime(date).slice(0, 19), age(date, now)];
  if (!stats) return [...head, '?', '?', '?', '?', '?'];
  return [
    ...head,
    String(stats.files),
    formatBytes(stats.bytes),
    String(stats.newFiles),
    formatBytes(stats.newBytes),
    `${(stats.duration / 1e9).toFixed(1)} s`,
  ];
}

export const changeBackup: ShellCommand = {
  names: ['cb', 'change_backup'],
  usage: 'cb ID | latest | first | -N | +N | DATE [TIME]',
  summary: 'change to a backup: by id, by steps, or the last one at or before a time',
  doing: 'opening the backup',
  run: async (args, { session, now, columns, signal }) => {
    if (args.length === 0) throw wrongUsage(changeBackup);
    const words = args.join(' ');
    const { backup, engine } = await chooseBackup(words, session, signal);
    const opened = `backup ${backup.id} of ${session.replica ?? ''}: ${localTime(backup.date)} (${relativeTime(backup.date, now)}), engine: ${engine}`;
    const why = endOfTime(words) === undefined ? '' : `\n  the last at or before ${words}`;
    return fit(opened, columns) + why;
  },
  complete: async ({ session, signal }) => [
    ...(await session.listBackups(signal)).map(({ id }) => id),
    'latest',
    'first',
  ],
};

/** Whether `words` are of none of the forms that could choose some backup. */
function meansNone(words: string): boolean {
  return !/^[+-]?\d+$/.test(words) && endOfTime(words) === undefined;
}

/** Throws catalogNoBackup with what there is instead. */
async function chooseBackup(
  words: string,
  session: Session,
  signal: AbortSignal | undefined,
): ReturnType<Session['chooseBackup']> {
  try {
    return await session.chooseBackup(words, signal);
  } catch (error) {
    if (!isMongoqError(error, ErrorCode.catalogNoBackup)) throw error;
    const backups = await session.listBackups(signal);
    const [first, last] = [backups[0], backups.at(-1)];
    if (!first || !last) throw error;
    const meant = nearest(words, ['latest', 'first', ...backups.map(({ id }) => id)]);
    const forms = meansNone(words) ? `; ${changeBackup.usage}` : '';
    const range = `there are ${backups.length}, from ${first.id} (${localTime(first.date)}) to ${last.id} (${localTime(last.date)})${forms}`;
    throw new MongoqError(error.code, error.message, {
      hint: meant === undefined ? range : `did you mean ${meant}? ${range}`,
      cause: error,
    });
  }
}
