import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import type { BackupSummary, Catalog, CatalogOptions, ListBackupsOptions } from '../catalog/catalog.ts';
import { formatDuration } from './go-duration.ts';

/** One line of `show backups`: figures are undefined where the store has none. */
export interface BackupRow {
  id: string;
  /** ISO 8601, UTC, milliseconds. */
  time: string;
  /** Nanoseconds since the Unix epoch, as text because they do not fit a number. */
  timeNs: string;
  files: number | undefined;
  bytes: number | undefined;
  newFiles: number | undefined;
  newBytes: number | undefined;
  /** Nanoseconds. */
  duration: number | undefined;
}

export interface ShowBackupsOptions extends ListBackupsOptions {
  /** Read the metadata of backups without stats, for their number of files and size. */
  sizes?: boolean | undefined;
}

const metadataAtOnce = 16;

/**
 * A replica's backups, oldest first; a notice tells that there are none. With `sizes`, metadata that cannot be read is told as a notice, and its figures stay
 * unknown. Throws the store's errors.
 */
export async function showBackups(
  catalog: Catalog,
  replica: string,
  options: ShowBackupsOptions = {},
): Promise<BackupRow[]> {
  const backups = await catalog.listBackups(replica, options);
  if (backups.length === 0) options.onNotice?.(`replica ${replica} has no backups in ${catalog.store.url}`);
  return mapParallel(
    backups,
    metadataAtOnce,
    async (backup, signal) => {
      const sizes =
        options.sizes && !backup.stats ? await sizesOf(catalog, backup, { ...options, signal }) : {};
      return { ...rowOf(backup), ...sizes };
    },
    options.signal,
  );
}

function rowOf({ id, date, time, stats }: BackupSummary): BackupRow {
  return {
    id,
    time: date.toISOString(),
    timeNs: String(time),
    files: stats?.files,
    bytes: stats?.bytes,
    newFiles: stats?.newFiles,
    newBytes: stats?.newBytes,
    duration: stats?.duration,
  };
}

async function sizesOf(
  catalog: Catalog,
  backup: BackupSummary,
  options: CatalogOptions,
): Promise<Partial<BackupRow>> {
  try {
    const { files } = await catalog.loadRef(backup, options);
    return { files: files.length, bytes: files.reduce((sum, file) => sum + file.size, 0) };
  } catch (error) {
    const { catalogMetadata, catalogReplicaId, catalogNoBackup } = ErrorCode;
    if (!isMongoqError(error, catalogMetadata, catalogReplicaId, catalogNoBackup)) throw error;
    options.onNotice?.(error.message);
    return {};
  }
}

/** Seconds since the Unix epoch of the replica's newest backup; undefined without one. Reads keys only. */
export async function lastBackupTime(
  catalog: Catalog,
  replica: string,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const newest = (await catalog.listRefs(replica, { signal })).at(-1);
  return newest && Number(newest.time / 1_000_000_000n);
}

const columns = ['ID', 'data', 'num files', 'size (GB)', 'incremental files', 'incremental size', 'duration'];

/** The table that rocks-strata prints for `show backups`; times are in this machine's zone. */
export function backupTable(rows: BackupRow[]): string {
  const lines = rows.map((row) => [
    row.id,
    localTime(new Date(row.time)),
    row.files === undefined ? '?' : String(row.files),
    gibibytes(row.bytes),
    row.newFiles === undefined ? '?' : String(row.newFiles),
    gibibytes(row.newBytes),
    row.duration === undefined ? '?' : formatDuration(row.duration),
  ]);
  return alignColumns([columns, ...lines]);
}

function gibibytes(bytes: number | undefined): string {
  return bytes === undefined ? '?' : (bytes / 2 ** 30).toFixed(6);
}

/** "2026-11-22 05:37:09 UTC": as Go's "2006-01-02 15:04:05 MST". */
function localTime(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + minutes * 60_000).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zoneName(date, minutes)}`;
}

/** The zone's abbreviation where there is one in English, else its offset, as Go prints it. */
function zoneName(date: Date, minutes: number): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });
  const name = format.formatToParts(date).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  if (minutes === 0 || !name.startsWith('GMT')) return name;
  const two = (value: number): string => String(value).padStart(2, '0');
  const distance = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(distance / 60))}${distance % 60 ? two(distance % 60) : ''}`;
}

/** Cells as wide as their column's widest and three spaces; the heading of the last column stands alone. */
function alignColumns(rows: string[][]): string {
  const isAlone = (row: number, column: number): boolean => row === 0 && column === columns.length - 1;
  const widths = columns.map(
    (_, column) =>
      Math.max(...rows.map((cells, row) => (isAlone(row, column) ? 0 : (cells[column]?.length ?? 0)))) + 3,
  );
  return rows
    .map(
      (cells, row) =>
        cells.map((cell, column) => cell.padEnd(isAlone(row, column) ? 0 : (widths[column] ?? 0))).join('') +
        '\n',
    )
    .join('');
}
