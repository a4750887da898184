import { once } from 'node:events';
import type { Command } from 'commander';
import { ErrorCode } from '../../base/error-codes.ts';
import { MongoqError } from '../../base/errors.ts';
import { openSession } from '../open-session.ts';
import { addOpenOptions, parseNumber, type OpenOptions } from '../options.ts';
import { printLine } from '../output.ts';
import { interruptSignal } from '../signals.ts';

interface ServeOptions extends OpenOptions {
  port: number;
  host: string;
}

/** `mongoq serve`: one backup as a read-only MongoDB server for any client. */
export function addServe(program: Command): void {
  addOpenOptions(program.command('serve'))
    .description('serve a backup, read-only, to any MongoDB client')
    .option('--port <port>', 'port to listen on; 0 takes a free one', parseNumber(0, 65_535), 27_017)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .action(runServe);
}

async function runServe(options: ServeOptions): Promise<void> {
  if (options.replicaId === undefined || options.backupId === undefined) {
    throw new MongoqError(ErrorCode.usage, 'serve needs a backup', { hint: 'give -r REPLICA and -i BACKUP' });
  }
  const signal = interruptSignal();
  const { session, close } = await openSession(options, {
    listen: { host: options.host, port: options.port },
    signal,
  });
  try {
    printLine(`listening on ${session.uri}`);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await close();
  }
}
