import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import { exactId, type Backup, type BackupFile, type Catalog, type ListedRef } from '../catalog/catalog.ts';
import { metadataKey } from '../catalog/layout.ts';
import type { Finding, VerifyReport } from './verify-report.ts';

/** An object that backups need: in which of them, as runs of positions in time order (files live on until compacted). */
export interface NeededObject {
  file: BackupFile;
  runs: [from: number, to: number][];
}

/** What the backups list. */
export interface Inventory {
  refs: ListedRef[];
  /** What each of them is called, by its position: its id, or `<id>_<ns>` if another has the same id. */
  ids: string[];
  objects: Map<string, NeededObject>;
  backups: VerifyReport['backups'];
  findings: Finding[];
}

const metadataAtOnce = 16;

/** Reads the metadata of the backups, a few at a time, and notes which objects they need. Metadata faults are findings. */
export async function takeInventory(
  catalog: Catalog,
  refs: ListedRef[],
  signal: AbortSignal,
): Promise<Inventory> {
  const inventory: Inventory = { refs, ids: namesOf(refs), objects: new Map(), backups: [], findings: [] };
  for (let at = 0; at < refs.length; at += metadataAtOnce) {
    const batch = refs.slice(at, at + metadataAtOnce);
    const loaded = await mapParallel(
      batch,
      metadataAtOnce,
      (ref, inner) => tryLoad(catalog, ref, inner),
      signal,
    );
    loaded.forEach((backup, i) => add(inventory, at + i, backup));
  }
  return inventory;
}

/** The ids of the backups that need an object. */
export function backupsOf({ ids }: Inventory, object: NeededObject): string[] {
  return object.runs.flatMap(([from, to]) => ids.slice(from, to + 1));
}

function namesOf(refs: ListedRef[]): string[] {
  const counts = new Map<string, number>();
  for (const { id } of refs) counts.set(id, (counts.get(id) ?? 0) + 1);
  return refs.map((ref) => (counts.get(ref.id) === 1 ? ref.id : exactId(ref)));
}

async function tryLoad(
  catalog: Catalog,
  ref: ListedRef,
  signal: AbortSignal,
): Promise<Backup | Error | undefined> {
  try {
    return await catalog.loadRef(ref, { signal });
  } catch (error) {
    if (isMongoqError(error, ErrorCode.catalogMetadata, ErrorCode.catalogReplicaId)) return error;
    // Deleted since it was listed.
    if (isMongoqError(error, ErrorCode.catalogNoBackup)) return undefined;
    throw error;
  }
}

function add(inventory: Inventory, position: number, backup: Backup | Error | undefined): void {
  const [ref, id] = [inventory.refs[position], inventory.ids[position]];
  if (!backup || !ref || id === undefined) return;
  const time = new Date(Number(ref.time / 1_000_000n)).toISOString();
  const key = ref.root + metadataKey(ref);
  const finding = { key, backups: [id], namespaces: undefined };
  if (backup instanceof Error) {
    inventory.findings.push({ ...finding, kind: 'metadata', message: backup.message });
    inventory.backups.push({ id, time, files: 0, bytes: 0, good: false });
    return;
  }
  for (const { name } of backup.duplicates)
    inventory.findings.push({
      ...finding,
      kind: 'duplicate',
      message: `${key} names the file ${name} more than once`,
    });
  for (const file of [...backup.files, ...backup.duplicates]) need(inventory.objects, file, position);
  const bytes = backup.files.reduce((sum, file) => sum + file.size, 0);
  inventory.backups.push({ id, time, files: backup.files.length, bytes, good: true });
}

function need(objects: Inventory['objects'], file: BackupFile, position: number): void {
  const known = objects.get(file.key);
  const last = known?.runs.at(-1);
  if (!known) objects.set(file.key, { file, runs: [[position, position]] });
  else if (last && position - last[1] <= 1) last[1] = position;
  else known.runs.push([position, position]);
}
