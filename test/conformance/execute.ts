import { numberOf, stringOf } from '../../src/bson/access.ts';
import { DocumentBuilder } from '../../src/bson/builder.ts';
import { documentOf, elements, field, items, type Value } from '../../src/bson/value.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Case } from './case.ts';

/** What an engine answered, in the corpus's form. */
export interface Answer {
  /** The (first) reply. */
  reply: Value;
  /** Set if the command failed: what it said. */
  error: string | undefined;
  /** All documents of a cursor, the values of `distinct`, results of geoNear and mapReduce, listed databases. */
  list: Value[] | undefined;
  /** The number of `count`. */
  single: Value | undefined;
  /** Sizes of the batches of a cursor. */
  batches: number[];
}

/** Runs a case's command, with getMore until its cursors end. */
export async function execute(engine: Engine, one: Case): Promise<Answer> {
  const reply = await run(engine, one.db, one.command);
  const answer: Answer = { reply, error: undefined, list: undefined, single: undefined, batches: [] };
  if (isFailure(reply)) return { ...answer, error: failureOf(reply) };
  const cursor = field(reply, 'cursor');
  const cursors = field(reply, 'cursors');
  if (cursor?.isDocument() || cursors?.isArray()) return readCursors(engine, one, answer);
  const name = firstName(one.command).toLowerCase();
  if (name === 'count') answer.single = field(reply, 'n');
  const listed = { distinct: 'values', geonear: 'results', mapreduce: 'results', aggregate: 'result' }[name];
  const list = field(reply, name === 'listdatabases' ? 'databases' : (listed ?? ''));
  if (list?.isArray()) answer.list = [...items(list)];
  return answer;
}

async function readCursors(engine: Engine, one: Case, answer: Answer): Promise<Answer> {
  const cursors = field(answer.reply, 'cursors');
  const opened = cursors?.isArray()
    ? [...items(cursors)].map((entry) => field(entry, 'cursor')!)
    : [field(answer.reply, 'cursor')!];
  answer.list = [];
  for (const cursor of opened) {
    const failure = await readCursor(engine, one, cursor, answer);
    if (failure !== undefined) return { ...answer, reply: failure, error: failureOf(failure) };
  }
  return answer;
}

/** The reply of the getMore that failed, if one did. */
async function readCursor(
  engine: Engine,
  one: Case,
  first: Value,
  answer: Answer,
): Promise<Value | undefined> {
  let cursor = first;
  for (;;) {
    const batch = [...items(field(cursor, 'firstBatch') ?? field(cursor, 'nextBatch')!)];
    answer.batches.push(batch.length);
    answer.list!.push(...batch);
    const id = field(cursor, 'id')!;
    if (numberOf(id) === 0) return undefined;
    const tailableEnd = batch.length === 0 && cursor !== first;
    if (tailableEnd && field(one.command, 'tailable') !== undefined) return undefined;
    const reply = await run(engine, one.db, getMore(id, cursor, one.command));
    if (isFailure(reply)) return reply;
    cursor = field(reply, 'cursor')!;
  }
}

function getMore(id: Value, cursor: Value, command: Value): Value {
  const namespace = stringOf(field(cursor, 'ns')!);
  const builder = new DocumentBuilder().append('getMore', id);
  builder.string('collection', namespace.slice(namespace.indexOf('.') + 1));
  const options = field(command, 'cursor');
  const size =
    field(command, 'batchSize') ?? (options?.isDocument() ? field(options, 'batchSize') : undefined);
  if (size !== undefined && (numberOf(size) ?? 0) > 0) builder.append('batchSize', size);
  return builder.finish();
}

async function run(engine: Engine, db: string, command: Value): Promise<Value> {
  const { signal } = new AbortController();
  return documentOf(await engine.run({ db, command: Buffer.from(command.slice()), signal }));
}

function isFailure(reply: Value): boolean {
  return numberOf(field(reply, 'ok')) !== 1;
}

function failureOf(reply: Value): string {
  const code = numberOf(field(reply, 'code'));
  const message = field(reply, 'errmsg');
  return `${code ?? 'no code'}: ${message === undefined ? '' : stringOf(message)}`;
}

/** The name of a command: its first field. */
export function firstName(command: Value): string {
  for (const { name } of elements(command)) return name;
  return '';
}
