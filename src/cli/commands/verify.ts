import { InvalidArgumentError, type Command } from 'commander';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';
import type { Finding, VerifyReport } from '../../operations/verify-report.ts';
import { formatBytes } from '../../base/format-bytes.ts';
import { backupId } from '../named-backup.ts';
import { addStoreOptions, parseNumber, type StoreOptions } from '../options.ts';
import { ExitCode } from '../exit-codes.ts';
import { printLine } from '../output.ts';
import { resolveReplica } from '../resolve.ts';
import { withStore } from '../with-store.ts';

interface VerifyCommandOptions extends StoreOptions {
  replicaId?: string;
  backupId?: string;
  all?: boolean;
  level: 1 | 2;
  deep?: boolean;
  sample: number;
  stateFile?: string;
  maxBackgroundCopies: number;
  json?: boolean;
}

/** `mongoq verify`: whether backups can be read. */
export function addVerify(program: Command): void {
  addStoreOptions(program.command('verify'))
    .description('check that backups are readable: exit code 0 if they are, 3 if something is damaged')
    .option('-r, --replica-id <id>', 'replica')
    .option('-i, --backup-id <id>', 'only this backup: an id, latest, first, or a date')
    .option('--all', 'all backups of the replica (the default)')
    .option('--level <n>', '1: all is there with the right size; 2: every byte is read', parseLevel, 2)
    .option('--deep', 'read every document too, and compare every index with its documents')
    .option(
      '--sample <percent>',
      'read only this share of the objects, another one each time',
      parsePercent,
      100,
    )
    .option('--state-file <file>', 'remember here what was read, so that an interrupted run goes on')
    .option('--max-background-copies <n>', 'requests at once', parseNumber(1, 256), 16)
    .option('--json', 'print the report as JSON')
    .action(runVerify);
}

async function runVerify(options: VerifyCommandOptions): Promise<void> {
  if (options.all && options.backupId !== undefined) {
    throw new MongoqError(ErrorCode.usage, '--all and --backup-id exclude each other');
  }
  const replica = resolveReplica(options);
  const [
    { verify },
    { validatingCheck },
    { createBlockReader },
    { affectedNamespaces },
    { openRocksEngine },
  ] = await Promise.all([
    import('../../operations/verify.ts'),
    import('../../operations/deep-check.ts'),
    import('../../blocks/create-block-reader.ts'),
    import('../../engine/rocks/affected-namespaces.ts'),
    import('../../engine/rocks/rocks-engine.ts'),
  ]);
  const report = await withStore(options, async (store, operation) => {
    // Without a disk cache: what is verified is what the store has.
    const reader = createBlockReader(store);
    const { backupId: words } = options;
    try {
      return await verify(store, replica, {
        ...operation,
        id:
          words === undefined
            ? undefined
            : await backupId(words, { store, replica, signal: operation.signal }),
        level: options.level,
        sample: options.sample,
        stateFile: options.stateFile,
        parallel: options.maxBackgroundCopies,
        namespacesOf: (backup, signal) => affectedNamespaces({ reader, backup, signal }),
        deepCheck: options.deep
          ? validatingCheck((backup, signal) => openRocksEngine({ reader, backup, signal }))
          : undefined,
      });
    } finally {
      await reader.close();
    }
  });
  printLine(options.json ? JSON.stringify(report) : describeReport(report));
  if (!report.good) process.exitCode = ExitCode.damaged;
}

/** A line for each finding, with what it affects, and a summary. */
function describeReport(report: VerifyReport): string {
  const findings = report.findings.map(
    (finding) =>
      `${finding.kind}: ${finding.message}\n  affects backups ${finding.backups.join(', ')}; ${describeNamespaces(finding)}`,
  );
  const notOpened = report.notOpened.map(({ id, message }) => `backup ${id} was not opened: ${message}`);
  const { objects, backups } = report;
  const bad = backups.filter(({ good }) => !good).map(({ id }) => id);
  const read =
    report.level === 2 ? `, ${formatBytes(objects.readBytes)} of ${formatBytes(objects.bytes)} read` : '';
  const verdict = report.good ? 'all good' : `DAMAGED: ${bad.join(', ')}`;
  const summary = `${backups.length} backups, ${objects.needed} objects${read}: ${verdict}`;
  return [...findings, ...notOpened, summary].join('\n');
}

function describeNamespaces({ namespaces }: Finding): string {
  if (!namespaces) return 'which namespaces cannot be told';
  return namespaces.length === 0 ? 'no namespace' : `namespaces ${namespaces.join(', ')}`;
}

function parseLevel(text: string): 1 | 2 {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('1 or 2 is needed');
}

function parsePercent(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (!(percent > 0 && percent <= 100)) throw new InvalidArgumentError('a percentage such as 5% is needed');
  return percent;
}
