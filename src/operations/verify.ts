import { createHash } from 'node:crypto';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { mapParallel } from '../base/parallel.ts';
import { Catalog, exactId, type ListedRef } from '../catalog/catalog.ts';
import type { ObjectInfo, ObjectStore } from '../store/object-store.ts';
import { Permits } from '../base/permits.ts';
import { PhaseProgress, type OperationOptions } from './progress.ts';
import { checkDeep } from './verify-deep.ts';
import { backupsOf, takeInventory, type Inventory, type NeededObject } from './verify-inventory.ts';
import { nameNamespaces } from './verify-namespaces.ts';
import { checkObject, type ObjectResult } from './verify-object.ts';
import type { DeepCheck, Finding, NamespacesOf, VerifyReport } from './verify-report.ts';
import { VerifyState } from './verify-state.ts';

export interface VerifyOptions extends OperationOptions {
  /** Which backup; default all of the replica. */
  id?: string | undefined;
  /** 1: everything listed is there with the right size (one listing, no reads). 2, the default: every byte is read. */
  level?: 1 | 2 | undefined;
  /** Read only this percent of the objects, another choice each time. Default 100. */
  sample?: number | undefined;
  /** Opens each backup and reads everything in it. */
  deepCheck?: DeepCheck | undefined;
  /** Tells which namespaces a damaged file affects. */
  namespacesOf?: NamespacesOf | undefined;
  /** Where to keep what was read, so that an interrupted verification goes on there; removed at the end. */
  stateFile?: string | undefined;
  /** How many requests at once. Default 16. */
  parallel?: number | undefined;
}

/** Memory for objects that are being checked, in parts of 8 MiB. */
const memoryParts = 40;

/**
 * Checks the backups of a replica. What is wrong with them is in the report, not thrown. Throws catalogNoReplica,
 * catalogNoBackup, and the store's failures.
 */
export async function verify(
  store: ObjectStore,
  replica: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const signal = options.signal ?? new AbortController().signal;
  const { level = 2, sample = 100 } = options;
  const catalog = new Catalog(store);
  const refs = await chooseRefs(catalog, replica, options);
  const state = await VerifyState.open(options.stateFile, { store: store.url, replica, sample });
  const inventory = await takeInventory(catalog, refs, signal);
  const report: VerifyReport = {
    replica,
    store: store.url,
    level,
    deep: options.deepCheck !== undefined,
    sample,
    good: true,
    backups: inventory.backups,
    objects: { needed: inventory.objects.size, bytes: sumOf(inventory), read: 0, readBytes: 0, resumed: 0 },
    withoutMd5: 0,
    notOpened: [],
    findings: inventory.findings,
  };
  const present = await compareWithListing(store, inventory, report, signal);
  if (level === 2) await readObjects(store, inventory, present, state, report, { ...options, signal });
  if (options.deepCheck)
    await checkDeep(catalog, inventory, options.deepCheck, { state, report, ...options, signal });
  dropDeleted(report, inventory, await catalog.listRefs(replica, { signal }));
  if (options.namespacesOf) await nameNamespaces(catalog, inventory, report, options.namespacesOf, signal);
  markBackups(report);
  await state.finish();
  return report;
}

async function chooseRefs(catalog: Catalog, replica: string, options: VerifyOptions): Promise<ListedRef[]> {
  const refs = await catalog.listRefs(replica, options);
  const { id } = options;
  const chosen = id === undefined ? refs : refs.filter((ref) => ref.id === id || exactId(ref) === id);
  if (chosen.length > 0) return chosen;
  throw refs.length === 0
    ? new MongoqError(ErrorCode.catalogNoReplica, `replica ${replica} has no backups in ${catalog.store.url}`)
    : new MongoqError(ErrorCode.catalogNoBackup, `replica ${replica} has no backup ${id ?? ''}`);
}

/** Level 1: lists the folders that hold the objects and returns those that are there with their size. */
async function compareWithListing(
  store: ObjectStore,
  inventory: Inventory,
  report: VerifyReport,
  signal: AbortSignal,
): Promise<ObjectInfo[]> {
  const folders = new Set([...inventory.objects.keys()].map((key) => key.slice(0, key.lastIndexOf('/') + 1)));
  const listed = new Map<string, ObjectInfo>();
  for (const folder of folders)
    for await (const info of store.list(folder, { signal }))
      if (inventory.objects.has(info.key)) listed.set(info.key, info);
  const present: ObjectInfo[] = [];
  for (const [key, object] of inventory.objects) {
    const info = listed.get(key);
    const where = `${store.url}/${key}`;
    if (!info) addFinding(report, inventory, object, 'missing', `${where} is missing`);
    else if (info.size !== object.file.size)
      addFinding(
        report,
        inventory,
        object,
        'size',
        `${where} has ${info.size} bytes instead of ${object.file.size}`,
      );
    else present.push(info);
  }
  return present;
}

/** Level 2: reads each object once, however many backups need it. */
async function readObjects(
  store: ObjectStore,
  inventory: Inventory,
  present: ObjectInfo[],
  state: VerifyState,
  report: VerifyReport,
  options: VerifyOptions & { signal: AbortSignal },
): Promise<void> {
  const { sample = 100, parallel = 16 } = options;
  const chosen = present.filter((info) => isSampled(info.key, state.seed, sample));
  const bytes = chosen.reduce((sum, info) => sum + info.size, 0);
  const progress = new PhaseProgress(options.progress, 'verify', { files: chosen.length, bytes });
  const requests = new Permits(parallel);
  const memory = new Permits(memoryParts);
  await mapParallel(
    chosen,
    parallel,
    async (info, signal) => {
      const object = inventory.objects.get(info.key);
      if (!object) return;
      let result = state.resultOf(info);
      if (result) report.objects.resumed++;
      else {
        // Twice: the parts, and the whole put together.
        const free = await memory.acquire(2 * Math.ceil(info.size / (8 << 20)));
        try {
          result = await checkObject(
            store,
            object.file,
            fileMetadataKeyOf(store, info.key),
            requests,
            signal,
          );
        } finally {
          free();
        }
        await state.record(info, result);
        report.objects.read++;
        report.objects.readBytes += info.size;
      }
      addResult(report, inventory, object, result);
      progress.bytes(info.size);
      progress.file();
    },
    options.signal,
  );
}

function addResult(
  report: VerifyReport,
  inventory: Inventory,
  object: NeededObject,
  result: ObjectResult,
): void {
  if (!result.withMd5) report.withoutMd5++;
  for (const { kind, message } of result.faults) addFinding(report, inventory, object, kind, message);
}

function addFinding(
  report: VerifyReport,
  inventory: Inventory,
  object: NeededObject,
  kind: Finding['kind'],
  message: string,
): void {
  const backups = backupsOf(inventory, object);
  report.findings.push({ kind, key: object.file.key, message, backups, namespaces: undefined });
}

/** A backup that was deleted meanwhile may well have lost its files. */
function dropDeleted(report: VerifyReport, inventory: Inventory, listed: ListedRef[]): void {
  const names = new Set(listed.map((ref) => ref.root + exactId(ref)));
  const isGone = (ref: ListedRef | undefined): boolean => !!ref && !names.has(ref.root + exactId(ref));
  const ids = new Set(inventory.ids.filter((_, i) => isGone(inventory.refs[i])));
  if (ids.size === 0) return;
  report.backups = report.backups.filter((backup) => !ids.has(backup.id));
  for (const finding of report.findings) finding.backups = finding.backups.filter((id) => !ids.has(id));
  report.findings = report.findings.filter((finding) => finding.backups.length > 0);
}

function markBackups(report: VerifyReport): void {
  report.good = report.findings.length === 0;
  const damaged = new Set(report.findings.flatMap((finding) => finding.backups));
  for (const backup of report.backups) backup.good = !damaged.has(backup.id);
}

function isSampled(key: string, seed: string, percent: number): boolean {
  const hash = createHash('md5').update(`${seed} ${key}`).digest().readUInt32BE();
  return hash < (percent / 100) * 2 ** 32;
}

function fileMetadataKeyOf(store: ObjectStore, key: string): string {
  const root = store.roots.find((each) => each !== '' && key.startsWith(each)) ?? '';
  return `${root}file_metadata/${key.slice(root.length)}`;
}

function sumOf(inventory: Inventory): number {
  return [...inventory.objects.values()].reduce((sum, { file }) => sum + file.size, 0);
}
