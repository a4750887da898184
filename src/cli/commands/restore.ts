import type { Command } from 'commander';
import { formatBytes } from '../../base/format-bytes.ts';
import { backupId } from '../named-backup.ts';
import { addStoreOptions, parseNumber, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { resolveReplica } from '../resolve.ts';
import { withStore } from '../with-store.ts';

interface RestoreCommandOptions extends StoreOptions {
  replicaId?: string;
  backupId: string;
  targetPath?: string;
  force?: boolean;
  maxBackgroundCopies: number;
  json?: boolean;
}

/** `mongoq restore`: a backup as a dbPath on which mongod starts. */
export function addRestore(program: Command): void {
  addStoreOptions(program.command('restore'))
    .description('restore a backup, every byte checked; run again it goes on where it was interrupted')
    .option('-r, --replica-id <id>', 'replica')
    .requiredOption('-i, --backup-id <id>', 'backup: an id, latest, first, or a date')
    .option('-t, --target-path <dir>', 'dbPath to restore to (default: the one that was backed up)')
    .option('--force', 'replace what is in the target')
    .option('--max-background-copies <n>', 'requests at once', parseNumber(1, 256), 16)
    .option('--json', 'print the result as JSON')
    .action(runRestore);
}

async function runRestore(options: RestoreCommandOptions): Promise<void> {
  const { restore } = await import('../../operations/restore.ts');
  const { backupId: words } = options;
  const replica = resolveReplica(options);
  const result = await withStore(options, async (store, operation) =>
    restore(store, replica, await backupId(words, { store, replica, signal: operation.signal }), {
      ...operation,
      target: options.targetPath,
      force: options.force,
      parallel: options.maxBackgroundCopies,
    }),
  );
  const { ref, target, files, bytes, kept, fetchedBytes } = result;
  if (options.json) {
    printLine(JSON.stringify({ replica: ref.replica, id: ref.id, target, files, bytes, kept, fetchedBytes }));
  } else {
    printLine(
      `backup ${ref.id} of ${ref.replica} restored to ${target}: ${files} files, ${formatBytes(bytes)}; ` +
        `fetched ${formatBytes(fetchedBytes)}, ${kept} files were there already`,
    );
  }
}
