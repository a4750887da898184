import type { Command } from 'commander';
import { gc } from '../../operations/gc.ts';
import { formatBytes } from '../../shell/format.ts';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { withStore } from '../with-store.ts';

interface GcCommandOptions extends StoreOptions {
  replicaId: string;
  dryRun?: boolean;
  json?: boolean;
}

/** `mongoq gc`: removes what no backup needs. */
export function addGc(program: Command): void {
  addStoreOptions(program.command('gc'))
    .description('remove files that no backup of the replica needs')
    .requiredOption('-r, --replica-id <id>', 'replica')
    .option('--dry-run', 'only say what would be removed')
    .option('--json', 'print the result as JSON')
    .action(runGc);
}

async function runGc(options: GcCommandOptions): Promise<void> {
  const { dryRun } = options;
  const result = await withStore(options, (store, operation) =>
    gc(store, options.replicaId, { ...operation, dryRun }),
  );
  if (options.json) {
    printLine(JSON.stringify(result));
    return;
  }
  if (dryRun) for (const { key } of result.removed) printLine(`would remove ${key}`);
  const verb = dryRun ? 'would remove' : 'removed';
  const young = result.young > 0 ? `; ${result.young} are too young to be judged` : '';
  printLine(
    `${verb} ${result.removed.length} objects, ${formatBytes(result.removedBytes)}; ${result.needed} data files are needed${young}`,
  );
}
