import type { Command } from 'commander';
import { formatBytes } from '../../base/format-bytes.ts';
import { jsonTime } from '../json-time.ts';
import { addStoreOptions, parseNumber, type StoreOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { withStore } from '../with-store.ts';

interface BackupCommandOptions extends StoreOptions {
  replicaId: string;
  uri?: string;
  host: string;
  port: number;
  username?: string;
  password?: string;
  maxBackgroundCopies: number;
  json?: boolean;
}

/** `mongoq backup`: backs up the MongoRocks mongod on this host. */
export function addBackup(program: Command): void {
  addStoreOptions(program.command('backup'))
    .description("back up this host's MongoRocks mongod; only files that the store lacks are uploaded")
    .requiredOption('-r, --replica-id <id>', 'replica to back up as')
    .option('--uri <uri>', 'mongodb:// address of the mongod, instead of the four below')
    .option('--host <host>', 'host of the mongod: this one, by a name', 'localhost')
    .option('--port <port>', 'port of the mongod', parseNumber(1, 65_535), 27_017)
    .option('--username <name>', 'user to authenticate as')
    .option('--password <password>', 'its password (better: env MONGOQ_PASSWORD, which ps does not show)')
    .option('--max-background-copies <n>', 'files uploaded at once', parseNumber(1, 256), 16)
    .option('--json', 'print the result as JSON')
    .action(runBackup);
}

async function runBackup(options: BackupCommandOptions): Promise<void> {
  const { uri, host, port, username, replicaId } = options;
  const password = options.password ?? process.env['MONGOQ_PASSWORD'];
  const [{ backup }, { mongodCheckpoints }] = await Promise.all([
    import('../../operations/backup.ts'),
    import('../../operations/replica.ts'),
  ]);
  const result = await withStore(options, async (store, operation) => {
    const { connectReplica } = await import('../../operations/connection.ts');
    const connection = await connectReplica({ uri, host, port, username, password });
    try {
      const source = mongodCheckpoints(connection, replicaId);
      return await backup(store, replicaId, source, { ...operation, parallel: options.maxBackgroundCopies });
    } finally {
      await connection.close();
    }
  });
  const { ref, stats } = result;
  if (options.json)
    printLine(JSON.stringify({ replica: replicaId, id: ref.id, ...jsonTime(ref.time), ...stats }));
  else {
    printLine(
      `backup ${ref.id} of ${replicaId}: ${stats.files} files, ${formatBytes(stats.bytes)}; ` +
        `new: ${stats.newFiles} files, ${formatBytes(stats.newBytes)}`,
    );
  }
}
