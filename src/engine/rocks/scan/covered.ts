import { doubleOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { field, type Value } from '../../../bson/value.ts';
import { addMetadata } from '../../../query/metadata.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { recordKey } from '../keystring/record-id.ts';
import type { Covering } from '../planner/covering.ts';
import type { IndexPlan } from '../planner/plan.ts';
import type { Prefix } from '../prefix.ts';
import { bytesOf } from './fetch.ts';
import { entryValues, type Entry } from './index-scan.ts';
import { recordDocument } from './record-scan.ts';
import type { ScanCounts } from './scan-counts.ts';
import { inWaves, type Wave, type WaveOptions } from './waves.ts';

export interface CoveredOptions extends Pick<WaveOptions, 'expected'> {
  /** Give every document its record id as metadata. */
  withIds?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * For each entry a document of the needed fields in the index's order, as mongod answers a covered query. Where the key does not
 * tell a value for certain (null may be a missing field), the fields are taken from the document, which is fetched. Throws
 * engineDamaged.
 */
export function coveredDocuments(
  database: Database,
  prefix: Prefix,
  plan: IndexPlan,
  covering: Covering,
  entries: AsyncIterable<Entry[]>,
  { expected, withIds, signal }: CoveredOptions,
  counts: ScanCounts,
): AsyncGenerator<Value[]> {
  const read = async (part: readonly Entry[]): Promise<Wave> => {
    const documents = part.map((entry) => fromKey(entryValues(plan, entry), covering));
    const unsure = part.filter((_, at) => documents[at] === undefined).map(({ id }) => recordKey(prefix, id));
    const found = unsure.length > 0 ? await database.getMany(unsure, signal) : [];
    let next = 0;
    const all = part.flatMap((entry, at) => {
      const document = documents[at] ?? fromRecord(found[next], unsure[next++], prefix, covering);
      if (document && withIds === true) addMetadata(document, { recordId: entry.id });
      return document ?? [];
    });
    const fetched = found.filter((bytes) => bytes !== undefined).length;
    return { documents: all, fetched, bytes: bytesOf(found) };
  };
  return inWaves(entries, read, { expected, distinct: false }, counts);
}

function fromKey(values: readonly Value[], { fields }: Covering): Value | undefined {
  const builder = new DocumentBuilder();
  for (const { at, names } of fields) {
    const value = values[at];
    if (value === undefined || !isCertain(value)) return undefined;
    const within = names.slice(0, -1);
    for (const name of within) builder.openDocument(name);
    builder.append(names.at(-1) ?? '', value);
    for (let open = within.length; open > 0; open--) builder.close();
  }
  return builder.finish();
}

/** Values of which a key holds every bit, and that are not also written for something else. */
function isCertain(value: Value): boolean {
  switch (value.type) {
    case BsonType.int:
    case BsonType.long:
    case BsonType.string:
    case BsonType.symbol:
    case BsonType.bool:
    case BsonType.date:
    case BsonType.timestamp:
    case BsonType.objectId:
    case BsonType.binData:
      return true;
    case BsonType.double:
      return !Number.isNaN(doubleOf(value));
    default:
      return false;
  }
}

function fromRecord(
  bytes: Buffer | undefined,
  key: Buffer | undefined,
  prefix: Prefix,
  { fields }: Covering,
): Value | undefined {
  if (bytes === undefined || key === undefined) return undefined;
  const document = recordDocument(bytes, 0, bytes.length, prefix, key, 0);
  const builder = new DocumentBuilder();
  for (const {
    names: [top = ''],
  } of fields) {
    const value = field(document, top);
    if (value) builder.append(top, value);
  }
  return builder.finish();
}
