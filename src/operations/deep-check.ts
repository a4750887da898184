import { deserialize, serialize, type Document } from 'bson';
import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf } from '../base/errors.ts';
import type { Backup } from '../catalog/catalog.ts';
import type { Engine } from '../engine/engine.ts';
import type { DeepCheck, DeepFinding } from './verify-report.ts';

/**
 * A deep check that opens each backup with `open` and validates every collection in full: each document's BSON, and each
 * index against the documents. What cannot be read because of damage is a finding that names the namespace.
 */
export function validatingCheck(open: (backup: Backup, signal: AbortSignal) => Promise<Engine>): DeepCheck {
  return async function* (backup, signal) {
    const engine = await open(backup, signal);
    try {
      for (const namespace of await collectionsOf(engine, signal)) yield* validate(engine, namespace, signal);
    } finally {
      await engine.close();
    }
  };
}

interface Namespace {
  db: string;
  collection: string;
}

async function collectionsOf(engine: Engine, signal: AbortSignal): Promise<Namespace[]> {
  const { databases } = await run(engine, 'admin', { listDatabases: 1 }, signal);
  const found: Namespace[] = [];
  for (const { name: db } of databases as { name: string }[]) {
    const command = { listCollections: 1, cursor: { batchSize: 1_000_000 } };
    const { cursor } = await run(engine, db, command, signal);
    for (const { name, type } of (cursor as { firstBatch: { name: string; type?: string }[] }).firstBatch)
      if (type !== 'view') found.push({ db, collection: name });
  }
  return found;
}

async function* validate(
  engine: Engine,
  { db, collection }: Namespace,
  signal: AbortSignal,
): AsyncGenerator<DeepFinding> {
  const namespace = `${db}.${collection}`;
  try {
    const reply = await run(engine, db, { validate: collection, full: true }, signal);
    for (const message of reply['errors'] as string[])
      yield { namespace, message: `${namespace}: ${message}` };
  } catch (error) {
    const damage = isMongoqError(
      error,
      ErrorCode.engineDamaged,
      ErrorCode.engineMissingFile,
      ErrorCode.storeDamaged,
      ErrorCode.storeNotFound,
    );
    if (!damage) throw error;
    yield { namespace, message: `${namespace} cannot be read: ${messageOf(error)}` };
  }
}

/** Runs a command; one that fails is a fault of mongoq: none of these does, whatever the backup holds. */
async function run(engine: Engine, db: string, command: Document, signal: AbortSignal): Promise<Document> {
  const reply = deserialize(await engine.run({ db, command: Buffer.from(serialize(command)), signal }));
  if (reply['ok'] !== 1)
    throw new Error(`${Object.keys(command)[0] ?? ''} failed: ${String(reply['errmsg'])}`);
  return reply;
}
