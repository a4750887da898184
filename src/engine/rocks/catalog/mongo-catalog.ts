import { stringOf } from '../../../bson/access.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import { BsonType } from '../../../bson/types.ts';
import { documentOf, elements, field, items, type Value } from '../../../bson/value.ts';
import type { Database } from '../../../rocksdb/database.ts';
import { scanDatabase } from '../scan/database-scan.ts';
import type { Collection, View } from './collection.ts';
import { tableRange, type KeySpace } from './key-space.ts';
import { isHidden, isOplog, splitNamespace } from './namespace.ts';
import { collationAt, isTrue, readIndex } from './read-index.ts';

const noOptions = new DocumentBuilder().finish();

/** Which collections, indexes and views there are. It never changes while the backup is open. */
export class MongoCatalog {
  readonly #databases: ReadonlyMap<string, ReadonlyMap<string, Collection>>;
  readonly #database: Database;
  readonly #views = new Map<string, Promise<Map<string, View>>>();

  private constructor(database: Database, collections: readonly Collection[]) {
    this.#database = database;
    const databases = new Map<string, Map<string, Collection>>();
    for (const collection of collections) {
      const known = databases.get(collection.db);
      if (known) known.set(collection.name, collection);
      else databases.set(collection.db, new Map([[collection.name, collection]]));
    }
    this.#databases = databases;
  }

  /** Reads the table _mdb_catalog. Throws InvalidBson, and what reading throws. */
  static async open(database: Database, keySpace: KeySpace, signal?: AbortSignal): Promise<MongoCatalog> {
    const config = keySpace.idents.get('_mdb_catalog');
    const collections: Collection[] = [];
    if (config) {
      for await (const batch of scanDatabase(database, {
        ...tableRange(config.prefix),
        signal,
        eager: true,
      })) {
        for (let i = 0; i < batch.length; i++) {
          const collection = readCollection(documentOf(Buffer.from(batch.value(i))), keySpace);
          if (collection && !isHidden(collection.name)) collections.push(collection);
        }
      }
    }
    return new MongoCatalog(database, collections);
  }

  /** Names of the databases, sorted by their bytes. */
  databases(): string[] {
    return [...this.#databases.keys()].sort(byBytes);
  }

  /** The collections of a database in the order of the catalog; none if there is no such database. */
  collections(db: string): Collection[] {
    return [...(this.#databases.get(db)?.values() ?? [])];
  }

  collection(db: string, name: string): Collection | undefined {
    return this.#databases.get(db)?.get(name);
  }

  /** The views of a database, in the order in which they were made. */
  views(db: string): Promise<Map<string, View>> {
    let views = this.#views.get(db);
    if (views === undefined) {
      views = this.#readViews(db);
      this.#views.set(db, views);
      // A failure is told to this caller; the next one tries again.
      views.catch(() => this.#views.delete(db));
    }
    return views;
  }

  async view(db: string, name: string): Promise<View | undefined> {
    return (await this.views(db)).get(name);
  }

  async #readViews(db: string): Promise<Map<string, View>> {
    const views = new Map<string, View>();
    const source = this.collection(db, 'system.views');
    if (source?.prefix === undefined) return views;
    for await (const batch of scanDatabase(this.#database, tableRange(source.prefix))) {
      for (let i = 0; i < batch.length; i++) {
        const view = readView(db, documentOf(Buffer.from(batch.value(i))));
        if (view) views.set(view.name, view);
      }
    }
    return views;
  }
}

function readCollection(document: Value, keySpace: KeySpace): Collection | undefined {
  const [first] = elements(document);
  if (first?.name === 'isFeatureDoc') return undefined;
  const namespaceValue = field(document, 'ns');
  const ident = field(document, 'ident');
  if (namespaceValue?.type !== BsonType.string || ident?.type !== BsonType.string) return undefined;
  const namespace = stringOf(namespaceValue);
  const md = field(document, 'md');
  const options = (md && field(md, 'options')) ?? noOptions;
  const entries = md && field(md, 'indexes');
  const idents = field(document, 'idxIdent');
  const indexes = entries?.isArray()
    ? [...items(entries)].flatMap((entry) => readIndex(entry, idents, keySpace) ?? [])
    : [];
  const { db, collection } = splitNamespace(namespace);
  return {
    db,
    name: collection,
    namespace,
    options,
    prefix: keySpace.idents.get(stringOf(ident))?.prefix,
    indexes,
    capped: isTrue(field(options, 'capped')),
    oplog: isOplog(namespace),
    collation: collationAt(options),
  };
}

function readView(db: string, document: Value): View | undefined {
  const id = field(document, '_id');
  const viewOn = field(document, 'viewOn');
  const pipeline = field(document, 'pipeline');
  if (id?.type !== BsonType.string || viewOn?.type !== BsonType.string || !pipeline?.isArray())
    return undefined;
  const namespace = stringOf(id);
  if (!namespace.startsWith(`${db}.`)) return undefined;
  return {
    name: namespace.slice(db.length + 1),
    viewOn: stringOf(viewOn),
    pipeline: [...items(pipeline)],
    collation: collationAt(document),
  };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
