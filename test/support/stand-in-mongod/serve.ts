import { rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createBlockReader } from '../../../src/blocks/create-block-reader.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { DirectoryStore } from '../../../src/store/directory.ts';
import { makeAnswer } from './commands.ts';
import { openDataDirectory } from './data-directory.ts';
import type { Options } from './options.ts';
import { type Connection, listen } from './server.ts';

export function log(text: string): void {
  process.stdout.write(`${new Date().toISOString()} I CONTROL  [initandlisten] ${text}\n`);
}

async function openEngine(options: Options): Promise<Engine | undefined> {
  const backup = await openDataDirectory(options);
  if (!backup) {
    log('no data files: creating an empty wiredTiger database');
    return undefined;
  }
  // Loaded only for files that open: most of the time of a start that fails would go there.
  const { openRocksEngine } = await import('../../../src/engine/rocks/rocks-engine.ts');
  const reader = createBlockReader(new DirectoryStore(path.join(options.dbPath, 'db')));
  return openRocksEngine({ reader, backup });
}

/** Runs the server until a signal ends it. Throws StartFailure. */
export async function serve(options: Options): Promise<void> {
  log(`MongoDB starting : pid=${process.pid} port=${options.port} dbpath=${options.dbPath} 64-bit`);
  const engine = await openEngine(options);
  const connections = new Set<Connection>();
  const lockFile = path.join(options.dbPath, 'mongod.lock');
  if (!options.queryable) await writeFile(lockFile, `${process.pid}\n`);
  const socket =
    options.socketDirectory && path.join(options.socketDirectory, `mongodb-${options.port}.sock`);
  if (socket !== undefined) await rm(socket, { force: true });
  await listen(
    [{ host: options.bindIp, port: options.port }, ...(socket === undefined ? [] : [{ path: socket }])],
    makeAnswer(options, engine, connections),
    connections,
  );
  log(`waiting for connections on port ${options.port}`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log('got signal, will terminate after current cmd ends');
      void (async () => {
        if (!options.queryable) await truncate(lockFile);
        if (socket !== undefined) await rm(socket, { force: true });
        process.exit(0);
      })();
    });
  }
}
