import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, type Document } from 'bson';
import type { Engine } from '../../src/engine/engine.ts';
import { openMongodEngine } from '../../src/engine/mongod/mongod-engine.ts';
import { rebuildCheckpoint } from '../../test/support/checkpoints.ts';
import { openBackup, type OpenedBackup } from '../../test/support/open-backup.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import type { Case } from './cases.ts';
import { countAll, runAll } from './run-all.ts';

const db = 'app';

/** One way to answer the cases. */
export interface Contender {
  name: string;
  /** Runs a case once; resolves with the number of results. */
  run(one: Case): Promise<number>;
  close(): Promise<void>;
}

/** An engine that runs the case's commands, each after the other. */
export function engineContender(
  name: string,
  engine: Engine,
  close: () => Promise<void>,
  database = db,
): Contender {
  return {
    name,
    close,
    async run({ commands }) {
      let results = 0;
      for (const command of commands) results += await countAll(engine, database, command);
      return results;
    },
  };
}

/**
 * What a program does that knows no BSON but its decoded form: reads all documents of the collection, decodes each, and
 * goes through them in JavaScript. The built-in engine brings it the documents' bytes.
 */
export function decodeEverything({ engine }: OpenedBackup): Contender {
  return {
    name: 'decode everything',
    close: () => Promise.resolve(),
    async run({ collection, plain }) {
      const documents: Document[] = [];
      await runAll(engine, db, { find: collection }, (batch) => {
        for (const document of batch) documents.push(deserialize(document.slice()));
      });
      return plain(documents);
    },
  };
}

/** The built-in engine on a backup in a directory. */
export function openStore(folder: string, replica: string, id: string): Promise<OpenedBackup> {
  return openBackup(folder, replica, id);
}

/** A mongod on a copy of the backup's files, by its wire protocol. */
export async function mongodContender(
  mongod: string,
  folder: string,
  { backup }: OpenedBackup,
): Promise<Contender> {
  const directory = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
  const [checkpoint, scratch] = [path.join(directory, 'checkpoint'), path.join(directory, 'scratch')];
  await mkdir(scratch, { mode: 0o700 });
  await rebuildCheckpoint(new DirectoryStore(folder), backup, checkpoint);
  const engine = await openMongodEngine({ mongod, checkpoint, scratch });
  return engineContender(`mongod ${engine.info.version}`, engine, async () => {
    await engine.close();
    await rm(directory, { recursive: true, force: true });
  });
}
