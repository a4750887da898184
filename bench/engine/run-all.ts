import { toValue } from '../../src/bson/js.ts';
import { longOf, numberOf, stringOf } from '../../src/bson/access.ts';
import { documentOf, field, items, type Value } from '../../src/bson/value.ts';
import type { Engine } from '../../src/engine/engine.ts';

/** Runs a command and all the getMores that it takes; `onBatch` is given each batch's documents, as views. */
export async function runAll(
  engine: Engine,
  db: string,
  command: Record<string, unknown>,
  onBatch: (documents: Iterable<Value>) => void,
): Promise<void> {
  const { signal } = new AbortController();
  const run = async (request: Value): Promise<Value> => {
    const reply = documentOf(await engine.run({ db, command: Buffer.from(request.slice()), signal }));
    if (numberOf(field(reply, 'ok')) === 1) return reply;
    const message = field(reply, 'errmsg');
    throw new Error(message ? stringOf(message) : 'the command failed');
  };
  const collection = Object.values(command)[0];
  let cursor = field(await run(toValue(command)), 'cursor');
  for (let name = 'firstBatch'; cursor; name = 'nextBatch') {
    const batch = field(cursor, name);
    const id = field(cursor, 'id');
    if (batch) onBatch(items(batch));
    if (!id || longOf(id) === 0n) return;
    cursor = field(await run(toValue({ getMore: longOf(id), collection })), 'cursor');
  }
}

/** The same, returning the number of documents. */
export async function countAll(
  engine: Engine,
  db: string,
  command: Record<string, unknown>,
): Promise<number> {
  let count = 0;
  await runAll(engine, db, command, (documents) => {
    for (const document of documents) if (document.isDocument()) count++;
  });
  return count;
}
