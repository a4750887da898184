import { DocumentBuilder } from '../bson/builder.ts';
import { documentOf, field, type Value } from '../bson/value.ts';
import { BsonType } from '../bson/types.ts';
import { longOf, stringOf } from '../bson/access.ts';

/** A command that is being answered. */
export interface Operation {
  id: number;
  connectionId: number;
  client: string;
  db: string;
  name: string;
  command: Buffer;
  startedMs: number;
  abort: AbortController;
}

/** The commands that a gateway is answering now: what currentOp lists and killOp ends. */
export class Operations {
  readonly #running = new Map<number, Operation>();
  #nextId = 1;

  start(operation: Omit<Operation, 'id' | 'startedMs' | 'abort'>): Operation {
    const started = { ...operation, id: this.#nextId++, startedMs: Date.now(), abort: new AbortController() };
    this.#running.set(started.id, started);
    return started;
  }

  end(operation: Operation): void {
    this.#running.delete(operation.id);
  }

  /** Aborts one; an id of nothing is fine, as in mongod. */
  kill(id: number): void {
    this.#running.get(id)?.abort.abort(interrupted());
  }

  /** Aborts what works for a connection, when its client is gone. */
  killOfConnection(connectionId: number): void {
    for (const operation of this.#running.values()) {
      if (operation.connectionId === connectionId) operation.abort.abort(interrupted());
    }
  }

  /** Aborts the getMore that works on one of these cursors: killing a cursor ends its running batch too. */
  killOfCursors(ids: ReadonlySet<bigint>): void {
    for (const operation of this.#running.values()) {
      const cursor = cursorOf(operation.command);
      if (cursor !== undefined && ids.has(cursor)) operation.abort.abort(interrupted());
    }
  }

  killAll(): void {
    for (const operation of this.#running.values()) operation.abort.abort(interrupted());
  }

  /** The `inprog` array of currentOp: the entries that `matches` lets through. */
  describe(matches: (entry: Value) => boolean): Value {
    const list = new DocumentBuilder();
    for (const operation of this.#running.values()) {
      const entry = describe(operation);
      if (matches(entry)) list.push(entry);
    }
    return list.finishArray();
  }
}

function interrupted(): Error {
  return new DOMException('operation was interrupted', 'AbortError');
}

function cursorOf(command: Buffer): bigint | undefined {
  const cursor = field(documentOf(command), 'getMore');
  return cursor?.type === BsonType.long ? longOf(cursor) : undefined;
}

function describe({ id, connectionId, client, db, name, command, startedMs }: Operation): Value {
  const runningMs = Date.now() - startedMs;
  const target = field(documentOf(command), name);
  const collection = target?.type === BsonType.string ? stringOf(target) : '$cmd';
  return new DocumentBuilder()
    .string('desc', `conn${connectionId}`)
    .int('connectionId', connectionId)
    .string('client', client)
    .bool('active', true)
    .int('opid', id)
    .int('secs_running', Math.floor(runningMs / 1000))
    .long('microsecs_running', BigInt(runningMs) * 1000n)
    .string('op', name === 'getMore' ? 'getmore' : 'command')
    .string('ns', `${db}.${collection}`)
    .append('query', documentOf(command))
    .finish();
}
