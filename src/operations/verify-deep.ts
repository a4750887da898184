import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf } from '../base/errors.ts';
import { exactId, type Catalog, type ListedRef } from '../catalog/catalog.ts';
import { PhaseProgress, type OperationOptions } from './progress.ts';
import type { Inventory } from './verify-inventory.ts';
import type { DeepCheck, DeepFinding, VerifyReport } from './verify-report.ts';
import type { VerifyState } from './verify-state.ts';

interface DeepOptions extends OperationOptions {
  signal: AbortSignal;
  state: VerifyState;
  report: VerifyReport;
}

/** What reading a backup throws for damage in it. */
const damageCodes = [
  ErrorCode.engineDamaged,
  ErrorCode.engineMissingFile,
  ErrorCode.storeNotFound,
  ErrorCode.storeDamaged,
  ErrorCode.catalogMetadata,
  ErrorCode.catalogNoBackup,
  ErrorCode.catalogReplicaId,
] as const;

/** Opens each backup; a failure to open one, for the damage it has, is a finding like any other. */
export async function checkDeep(
  catalog: Catalog,
  inventory: Inventory,
  deepCheck: DeepCheck,
  { state, report, progress: listener, signal }: DeepOptions,
): Promise<void> {
  const progress = new PhaseProgress(listener, 'open', { files: inventory.refs.length, bytes: 0 });
  for (const [position, ref] of inventory.refs.entries()) {
    const id = inventory.ids[position] ?? exactId(ref);
    try {
      let found = state.contentOf(exactId(ref));
      if (!found) {
        found = await check(catalog, ref, deepCheck, signal);
        await state.recordContent(exactId(ref), found);
      }
      for (const { message, namespace, file } of found) {
        const namespaces = namespace === undefined ? undefined : [namespace];
        const key = file ?? `backup ${id}`;
        report.findings.push({ kind: 'content', key, message, backups: [id], namespaces });
      }
    } catch (error) {
      if (!isMongoqError(error, ErrorCode.engineUnsupported)) throw error;
      report.notOpened.push({ id, message: messageOf(error) });
    }
    progress.file();
  }
}

async function check(
  catalog: Catalog,
  ref: ListedRef,
  deepCheck: DeepCheck,
  signal: AbortSignal,
): Promise<DeepFinding[]> {
  const found: DeepFinding[] = [];
  try {
    const backup = await catalog.loadRef(ref, { signal });
    for await (const finding of deepCheck(backup, signal)) found.push(finding);
  } catch (error) {
    if (!isMongoqError(error, ...damageCodes)) throw error;
    found.push({ message: error.message });
  }
  return found;
}
