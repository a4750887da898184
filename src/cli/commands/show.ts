import type { Command } from 'commander';
import { addStoreOptions, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { resolveReplica } from '../resolve.ts';
import { withStore } from '../with-store.ts';

interface ShowOptions extends StoreOptions {
  json?: boolean;
}

interface ShowReplicaOptions extends ShowOptions {
  replicaId?: string;
  showSize?: boolean;
}

/** `mongoq show backups | replica-ids | last-backup-time`, with rocks-strata's output. */
export function addShow(program: Command): void {
  const show = program
    .command('show')
    .description('list backups, replica ids, or the time of the last backup');
  addStoreOptions(show.command('backups'))
    .description("list a replica's backups")
    .option('-r, --replica-id <id>', 'replica')
    .option('-s, --show-size', 'find the size of backups without figures in their metadata')
    .option('--json', 'print as JSON')
    .action(runShowBackups);
  addStoreOptions(show.command('replica-ids'))
    .description('list the replicas that have backups')
    .option('--json', 'print as JSON')
    .action(runShowReplicas);
  addStoreOptions(show.command('last-backup-time'))
    .description(
      "print the time of the replica's last backup in seconds since 1970; nothing if there is none",
    )
    .option('-r, --replica-id <id>', 'replica')
    .option('--json', 'print as JSON')
    .action(runShowLast);
}

/** What the three commands need, once one of them runs. */
function loaded() {
  return Promise.all([import('../../catalog/catalog.ts'), import('../../operations/show.ts')]);
}

async function runShowBackups(options: ShowReplicaOptions): Promise<void> {
  const replica = resolveReplica(options);
  const [{ Catalog }, { backupTable, showBackups }] = await loaded();
  const rows = await withStore(options, (store, { signal, onNotice }) =>
    showBackups(new Catalog(store), replica, { signal, onNotice, sizes: options.showSize }),
  );
  printLine(options.json ? JSON.stringify(rows) : backupTable(rows).trimEnd());
}

async function runShowReplicas(options: ShowOptions): Promise<void> {
  const [{ Catalog }] = await loaded();
  const replicas = await withStore(options, async (store, { signal, onNotice }) => {
    const found = await new Catalog(store).listReplicas(signal);
    if (found.length === 0) onNotice?.(`there are no backups in ${store.url}: check its bucket and prefix`);
    return found;
  });
  if (options.json) printLine(JSON.stringify(replicas));
  else for (const id of replicas) printLine(id);
}

async function runShowLast(options: ShowReplicaOptions): Promise<void> {
  const replica = resolveReplica(options);
  const [{ Catalog }, { lastBackupTime }] = await loaded();
  const seconds = await withStore(options, (store, { signal }) =>
    lastBackupTime(new Catalog(store), replica, signal),
  );
  if (options.json) printLine(JSON.stringify({ lastBackupTime: seconds ?? null }));
  else if (seconds !== undefined) printLine(String(seconds));
}
