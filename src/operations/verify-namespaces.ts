import { isMongoqError } from '../base/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Inventory } from './verify-inventory.ts';
import type { NamespacesOf, VerifyReport } from './verify-report.ts';

type Lookup = Awaited<ReturnType<NamespacesOf>>;

/** Opens the affected backups, each once, and adds to the findings on their files which namespaces these may hold. */
export async function nameNamespaces(
  catalog: Catalog,
  inventory: Inventory,
  report: VerifyReport,
  namespacesOf: NamespacesOf,
  signal: AbortSignal,
): Promise<void> {
  const lookups = new Map<number, Promise<Lookup | undefined>>();
  const lookUp = (position: number): Promise<Lookup | undefined> => {
    let lookup = lookups.get(position);
    if (!lookup) lookups.set(position, (lookup = open(catalog, inventory, position, namespacesOf, signal)));
    return lookup;
  };
  for (const finding of report.findings) {
    const object = inventory.objects.get(finding.key);
    if (!object || finding.namespaces) continue;
    // From the oldest: an SST never changes, so a later backup can only know fewer of the collections in it.
    for (const position of object.runs.flatMap(([from, to]) => positions(from, to))) {
      finding.namespaces = (await lookUp(position))?.(object.file.name);
      if (finding.namespaces) break;
    }
  }
}

async function open(
  catalog: Catalog,
  { refs }: Inventory,
  position: number,
  namespacesOf: NamespacesOf,
  signal: AbortSignal,
): Promise<Lookup | undefined> {
  const ref = refs[position];
  if (!ref) return undefined;
  try {
    return await namespacesOf(await catalog.loadRef(ref, { signal }), signal);
  } catch (error) {
    // The damage may be such that nobody can tell.
    if (!isMongoqError(error)) throw error;
    return undefined;
  }
}

function positions(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
