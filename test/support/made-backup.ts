import { createHash } from 'node:crypto';
import { createBlockReader } from '../../src/blocks/create-block-reader.ts';
import { toValue } from '../../src/bson/js.ts';
import { documentOf, field, items, Value } from '../../src/bson/value.ts';
import { Catalog } from '../../src/catalog/catalog.ts';
import { dataKey, metadataKey } from '../../src/catalog/layout.ts';
import { writeMetadata } from '../../src/catalog/metadata.ts';
import { readIndex } from '../../src/engine/rocks/catalog/read-index.ts';
import { entryPredictor } from '../../src/engine/rocks/index-keys/expected-entries.ts';
import type { KeyVersion } from '../../src/engine/rocks/keystring/key-types.ts';
import { recordKey } from '../../src/engine/rocks/keystring/record-id.ts';
import { keyIn, prefixOf } from '../../src/engine/rocks/prefix.ts';
import { openRocksEngine } from '../../src/engine/rocks/rocks-engine.ts';
import { MemoryStore } from '../../src/store/memory.ts';
import type { OpenedBackup } from './open-backup.ts';
import { tableOrder, writeDatabase, type TestEntry } from './rocksdb-writer.ts';

type Plain = Record<string, unknown>;

/** The database and the collection of a made backup. */
export const made = { db: 'made', collection: 'things' };

const records = prefixOf(16);

export interface MadeOptions {
  /** Where the documents are is not known. */
  lost?: boolean;
  /** How index keys are written; from version 1 on indexes know on which paths arrays lie, if `withPaths`. */
  version?: KeyVersion;
  withPaths?: boolean;
}

/**
 * The engine on a backup, in memory, of one collection with these documents, an index on `_id`, and indexes of these key patterns with
 * their further options.
 */
export async function openMadeBackup(
  documents: readonly (Plain | Value)[],
  indexes: readonly Plain[],
  { lost = false, version = 1, withPaths = false }: MadeOptions = {},
): Promise<OpenedBackup> {
  const ns = `${made.db}.${made.collection}`;
  const specs = [{ key: { _id: 1 } }, ...indexes].map((spec, at): Plain => ({
    v: 2,
    name: `index_${at}`,
    ns,
    ...spec,
  }));
  const ident = (at: number): string => `index-${at}`;
  const idents = new Map(
    specs.map((_, at) => [ident(at), { prefix: prefixOf(20 + at), keyVersion: version }]),
  );
  const idxIdent = Object.fromEntries(specs.map((spec, at) => [String(spec['name']), ident(at)]));
  const multikey = specs.map(() => false);
  const multikeyPaths: Plain[] = specs.map(() => ({}));
  const entries: TestEntry[] = documents.map((document, at) => ({
    key: recordKey(records, BigInt(at + 1)),
    value: bytesOf(document),
    sequence: 10,
  }));
  for (const [at, spec] of specs.entries()) {
    const index = readIndex(toValue({ spec, ready: true }), toValue(idxIdent), { idents })!;
    const predict = entryPredictor(index)!;
    for (const [i, document] of documents.entries()) {
      const own = predict(documentOf(bytesOf(document)), BigInt(i + 1));
      if (own.length > 1) multikey[at] = true;
      entries.push(
        ...own.map(({ key, value }) => ({ key: keyIn(index.table!.prefix, key), value, sequence: 10 })),
      );
    }
    if (!withPaths || index.type !== 'btree') continue;
    const flags = index.fields.map(({ path }) => arraysAlong(documents.map(bytesOf), path));
    multikey[at] ||= flags.some((each) => each.includes(true));
    const binary = index.fields.map(({ path }, i) => [path, Buffer.from(flags[i]!.map(Number))]);
    multikeyPaths[at] = { multikeyPaths: Object.fromEntries(binary) as Plain };
  }
  const md = {
    ns,
    options: {},
    indexes: specs.map((spec, at) => ({ spec, ready: true, multikey: multikey[at], ...multikeyPaths[at] })),
  };
  const catalog = { md, idxIdent, ns, ident: 'collection-1' };
  const configs: [string, Plain][] = [
    ['_mdb_catalog', { prefix: 1 }],
    ...(lost ? [] : [['collection-1', { prefix: 16 }] as [string, Plain]]),
    ...specs.map((_, at): [string, Plain] => [ident(at), { prefix: 20 + at, index_format_version: version }]),
  ];
  for (const [name, config] of configs) {
    entries.push({
      key: Buffer.concat([prefixOf(0), Buffer.from(`metadata${name}`)]),
      value: bytesOf(config),
      sequence: 10,
    });
  }
  entries.push({ key: recordKey(prefixOf(1), 1n), value: bytesOf(catalog), sequence: 10 });
  return open(
    writeDatabase(
      { levels: [[], [entries.sort(tableOrder)]], wal: [] },
      { compression: 'snappy', blockSize: 4096 },
    ),
  );
}

async function open(database: Map<string, Buffer>): Promise<OpenedBackup> {
  const store = new MemoryStore();
  const replica = 'made';
  const files = [...database].map(([name, bytes]) => ({
    name,
    size: bytes.length,
    checksum: createHash('md5').update(bytes).digest('hex'),
  }));
  for (const file of files) await store.put(dataKey(replica, file), database.get(file.name)!);
  const ref = { replica, id: '1', time: 1_700_000_000_000_000_000n };
  await store.put(
    metadataKey(ref),
    writeMetadata({ files, sourceId: replica, id: '1', path: '/data/db', tags: null, time: ref.time }),
  );
  const backup = await new Catalog(store).loadBackup(replica, '1');
  const reader = createBlockReader(store);
  const engine = await openRocksEngine({ reader, backup });
  const close = async (): Promise<void> => {
    await engine.close();
    await reader.close();
    await store.close();
  };
  return { engine, reader, backup, close };
}

/** For each component of a path, whether a document has an array there. */
function arraysAlong(documents: readonly Buffer[], path: string): boolean[] {
  const names = path.split('.');
  const flags = names.map(() => false);
  const follow = (value: Value | undefined, depth: number): void => {
    const name = names[depth];
    if (value?.isDocument() === true && name !== undefined) follow(field(value, name), depth + 1);
    if (value?.isArray() !== true) return;
    const placed = name !== undefined && /^\d+$/.test(name) ? field(value, name) : undefined;
    // A position is followed to its item, which is taken whole where the path ends.
    if (placed) {
      if (depth + 1 < names.length) follow(placed, depth + 1);
      return;
    }
    flags[depth - 1] = true;
    for (const item of items(value)) if (item.isDocument()) follow(item, depth);
  };
  for (const bytes of documents) follow(documentOf(bytes), 0);
  return flags;
}

function bytesOf(document: Plain | Value): Buffer {
  return Buffer.from((document instanceof Value ? document : toValue(document)).slice());
}
