import { Option, type Command } from 'commander';
import { formatBytes } from '../../base/format-bytes.ts';
import { addStoreOptions, parseMilliseconds, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { withStore } from '../with-store.ts';

interface GcCommandOptions extends StoreOptions {
  replicaId: string;
  dryRun?: boolean;
  grace: number;
  json?: boolean;
}

/** `mongoq gc`: removes what no backup needs. */
export function addGc(program: Command): void {
  addStoreOptions(program.command('gc'))
    .description('remove files that no backup of the replica needs')
    .requiredOption('-r, --replica-id <id>', 'replica')
    .option('--dry-run', 'only say what would be removed')
    .addOption(graceOption())
    .option('--json', 'print the result as JSON')
    .action(runGc);
}

/** Shorter than a backup takes, it endangers what a backup of rocks-strata is uploading: that one takes no lease. */
function graceOption(): Option {
  const text = 'keep what is younger; 0 only if no rocks-strata backs up this replica now';
  return new Option('--grace <duration>', text).default(24 * 3_600_000, '24h').argParser(parseMilliseconds);
}

async function runGc(options: GcCommandOptions): Promise<void> {
  const { dryRun, grace: graceMs } = options;
  const { gc } = await import('../../operations/gc.ts');
  const result = await withStore(options, (store, operation) =>
    gc(store, options.replicaId, { ...operation, dryRun, graceMs }),
  );
  if (options.json) {
    printLine(JSON.stringify({ replica: options.replicaId, ...result }));
    return;
  }
  if (dryRun) for (const { key } of result.removed) printLine(`would remove ${key}`);
  const verb = dryRun ? 'would remove' : 'removed';
  const young = result.young > 0 ? `; ${result.young} are too young to be judged` : '';
  printLine(
    `${verb} ${result.removed.length} objects, ${formatBytes(result.removedBytes)}; ${result.needed} data files are needed${young}`,
  );
}
