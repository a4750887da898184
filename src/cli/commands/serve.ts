import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ErrorCode } from '../../base/error-codes.ts';
import { messageOf, MongoqError } from '../../base/errors.ts';
import type { Listening } from '../../session/session.ts';
import { addOpenOptions, parseMilliseconds, parseNumber, type OpenOptions } from '../options.ts';
import { liveLine, printLine } from '../output.ts';
import { interruptSignal } from '../signals.ts';
import { watchSession } from '../watched-session.ts';

interface ServeOptions extends OpenOptions {
  port: number;
  host: string;
  auth?: string;
  tlsCert?: string;
  tlsKey?: string;
  maxConnections: number;
  idleTimeout: number;
}

/** `mongoq serve`: one backup as a read-only MongoDB server for any client. */
export function addServe(program: Command): void {
  addOpenOptions(program.command('serve'))
    .description('serve a backup, read-only, to any MongoDB client')
    .option('--port <port>', 'port to listen on; 0 takes a free one', parseNumber(0, 65_535), 27_017)
    .option('--host <address>', 'address to listen on; others than loopback need --auth', '127.0.0.1')
    .option(
      '--auth <user>',
      'clients must authenticate as this user; password: env MONGOQ_SERVE_PASSWORD or typed',
    )
    .option('--tls-cert <file>', 'certificate (PEM) to serve TLS with')
    .option('--tls-key <file>', 'its private key (PEM)')
    .option('--max-connections <n>', 'clients at a time', parseNumber(1, 10_000), 200)
    .option(
      '--idle-timeout <duration>',
      'close connections that are idle for so long, such as 30m',
      parseMilliseconds,
      0,
    )
    .action(runServe);
}

async function runServe(options: ServeOptions): Promise<void> {
  if (options.backupId === undefined) {
    throw new MongoqError(ErrorCode.usage, 'serve needs a backup', { hint: 'give -r REPLICA and -i BACKUP' });
  }
  const { openSession } = await import('../open-session.ts');
  const listen = await listening(options);
  const signal = interruptSignal();
  const line = liveLine(process.stderr, options.quiet);
  const watched = watchSession(line, () => `opening backup ${options.backupId ?? ''}`);
  const opening = openSession(options, { listen, signal, ...watched });
  const { session, close } = await opening.finally(watched.endProgress);
  try {
    printLine(`listening on ${session.uri}`);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await close();
  }
}

async function listening({
  host,
  port,
  auth,
  maxConnections,
  idleTimeout,
  ...options
}: ServeOptions): Promise<Listening> {
  return {
    host,
    port,
    auth: auth === undefined ? undefined : { user: auth, password: await passwordOf(auth) },
    tls: await tlsOf(options),
    limits: { connections: maxConnections, idleMs: idleTimeout },
  };
}

async function passwordOf(user: string): Promise<string> {
  const { passwordFrom } = await import('../password.ts');
  return passwordFrom('MONGOQ_SERVE_PASSWORD', `password for ${user}: `);
}

async function tlsOf({
  tlsCert,
  tlsKey,
}: Pick<ServeOptions, 'tlsCert' | 'tlsKey'>): Promise<Listening['tls']> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new MongoqError(ErrorCode.usage, '--tls-cert and --tls-key go together');
  }
  const read = (file: string): Promise<Buffer> =>
    readFile(file).catch((error: unknown) => {
      throw new MongoqError(ErrorCode.usage, `${file} cannot be read: ${messageOf(error)}`, { cause: error });
    });
  const { createSecureContext } = await import('node:tls');
  const pair = { cert: await read(tlsCert), key: await read(tlsKey) };
  try {
    createSecureContext(pair);
  } catch (error) {
    throw new MongoqError(
      ErrorCode.usage,
      `${tlsCert} and ${tlsKey} are no certificate with its key: ${messageOf(error)}`,
      { hint: 'both are PEM files; the key is unencrypted', cause: error },
    );
  }
  return pair;
}
