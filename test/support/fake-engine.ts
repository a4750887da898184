import { deserialize, type Document, Long, serialize } from 'bson';
import type { CommandRequest, Engine, EngineInfo } from '../../src/engine/engine.ts';

/** A small engine in memory: collections of documents, cursors, and a collection `slow.forever` that never answers. */
export class FakeEngine implements Engine {
  readonly info: EngineInfo = { kind: 'builtin', version: '3.4.10' };
  /** Every command that got through to the engine. */
  readonly seen: { db: string; command: Document }[] = [];
  /** Commands that were aborted. */
  aborted = 0;
  readonly #collections: Record<string, Document[]>;
  readonly #cursors = new Map<string, Document[]>();
  #nextCursor = 1;

  constructor(collections: Record<string, Document[]>) {
    this.#collections = collections;
  }

  async run({ db, command, signal }: CommandRequest): Promise<Buffer> {
    const body = deserialize(command, { promoteLongs: false });
    this.seen.push({ db, command: body });
    return Buffer.from(serialize(await this.#answer(db, body, signal)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #answer(db: string, command: Document, signal: AbortSignal): Promise<Document> {
    const name = Object.keys(command)[0] ?? '';
    if (command[name] === 'forever') await this.#never(signal);
    switch (name) {
      case 'find':
      case 'aggregate':
        return this.#batch(db, String(command[name]), this.#find(db, command), command, 'firstBatch');
      case 'getMore': {
        const rest = this.#cursors.get(String(command['getMore']));
        if (!rest) return { ok: 0, errmsg: 'Cursor not found', code: 43, codeName: 'CursorNotFound' };
        return this.#batch(db, String(command['collection']), rest, command, 'nextBatch');
      }
      case 'count':
        return { n: this.#find(db, command).length, ok: 1 };
      case 'buildInfo':
      case 'buildinfo':
        return { version: '3.4.10', versionArray: [3, 4, 10, 0], ok: 1 };
      case 'listDatabases':
        return { databases: [{ name: 'app' }], ok: 1 };
      default:
        return { ok: 1 };
    }
  }

  #find(db: string, command: Document): Document[] {
    const all = this.#collections[`${db}.${String(Object.values(command)[0])}`] ?? [];
    const id: unknown = (command['filter'] as Document | undefined)?.['_id'];
    const found = id === undefined ? all : all.filter((document) => document['_id'] === id);
    const limit = Number(command['limit'] ?? 0);
    return limit > 0 ? found.slice(0, limit) : found;
  }

  #batch(db: string, collection: string, documents: Document[], command: Document, name: string): Document {
    const asked: unknown = command['batchSize'] ?? (command['cursor'] as Document | undefined)?.['batchSize'];
    const size = Number(asked ?? 101);
    const rest = documents.slice(size);
    const id = rest.length > 0 ? this.#nextCursor++ : 0;
    if (id > 0) this.#cursors.set(String(id), rest);
    return {
      cursor: { [name]: documents.slice(0, size), id: Long.fromNumber(id), ns: `${db}.${collection}` },
      ok: 1,
    };
  }

  #never(signal: AbortSignal): Promise<never> {
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => {
        this.aborted++;
        reject(signal.reason as Error);
      });
    });
  }
}
