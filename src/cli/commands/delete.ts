import type { Command } from 'commander';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';
import type { DeleteSelection } from '../../operations/delete.ts';
import { jsonTime } from '../json-time.ts';
import { addStoreOptions, parseMilliseconds, parseNumber, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { withStore } from '../with-store.ts';

interface DeleteCommandOptions extends StoreOptions {
  replicaId: string;
  deleteBackupId?: string;
  age?: number;
  keepLast?: number;
  dryRun?: boolean;
  json?: boolean;
}

/** `mongoq delete`: takes backups off the list; gc frees their space. */
export function addDelete(program: Command): void {
  addStoreOptions(program.command('delete'))
    .description(
      'delete backups: one by id, those older than an age, or all but the newest; gc frees the space',
    )
    .requiredOption('-r, --replica-id <id>', 'replica')
    .option('-d, --delete-backup-id <id>', 'the backup to delete')
    .option('-a, --age <duration>', 'delete what is older, such as 720h or 2h45m30s', parseMilliseconds)
    .option('--keep-last <n>', 'delete all but the newest n', parseNumber(1, 1_000_000))
    .option('--dry-run', 'only say what would be deleted')
    .option('--json', 'print the result as JSON')
    .action(runDelete);
}

async function runDelete(options: DeleteCommandOptions): Promise<void> {
  const selection = selectionOf(options);
  const { dryRun } = options;
  const { deleteBackups } = await import('../../operations/delete.ts');
  const deleted = await withStore(options, (store, operation) =>
    deleteBackups(store, options.replicaId, selection, { ...operation, dryRun }),
  );
  if (options.json) printLine(JSON.stringify(deleted.map(({ id, time }) => ({ id, ...jsonTime(time) }))));
  else if (deleted.length === 0) printLine('nothing to delete');
  else for (const { id } of deleted) printLine(`${dryRun ? 'would delete' : 'deleted'} backup ${id}`);
}

function selectionOf({ deleteBackupId, age, keepLast }: DeleteCommandOptions): DeleteSelection {
  if ([deleteBackupId, age, keepLast].filter((option) => option !== undefined).length !== 1) {
    throw new MongoqError(ErrorCode.usage, 'give exactly one of -d, -a and --keep-last');
  }
  if (deleteBackupId !== undefined) return { id: deleteBackupId };
  if (keepLast !== undefined) return { keepLast };
  return { olderThanMs: age ?? Infinity };
}
