import { toValue } from '../../../bson/js.ts';
import { DocumentBuilder } from '../../../bson/builder.ts';
import type { Collator } from '../../../bson/compare.ts';
import { documentOf, type Value } from '../../../bson/value.ts';
import type { Batches } from '../../../query/context.ts';
import { FoundBuffer } from '../parallel/found-buffer.ts';
import { asBuffer } from '../parallel/protocol.ts';
import type { CompiledQuery } from '../query/compiled-query.ts';
import { nodesOf } from '../../../query/match/tree.ts';
import type { ScriptCommand } from './protocol.ts';
import { withScriptThread } from './script-threads.ts';

let queries = 0;

/** Whether a filter has scripts and no more than another thread can do: $text needs the collection. */
export function hasScripts({ filter, text }: CompiledQuery): boolean {
  return text === undefined && [...nodesOf(filter)].some(({ kind }) => kind === 'where');
}

/** Filters batches of documents in a thread for scripts. What it returns throws what the script does. */
export function filterInThread(
  { given, collator }: CompiledQuery,
  signal: AbortSignal,
): (batch: readonly Value[]) => Promise<Value[]> {
  const query = queries++;
  const [filter, collation] = [given.slice(), collationOf(collator)];
  return (batch) =>
    withScriptThread(signal, async (thread) => {
      const documents = together(batch);
      const answer = await thread.ask({ kind: 'match', query, filter, collation, documents }, signal);
      const passing = answer.kind === 'matched' ? answer.passing : new Uint8Array();
      return batch.filter((_, index) => passing[index] === 1);
    });
}

/** Runs a command's scripts in a thread: run-scripts.ts has its options and its result. Throws what the scripts do. */
export function runInThread(
  command: ScriptCommand,
  options: Record<string, Value | undefined>,
  collator: Collator | undefined,
  documents: Batches,
  signal: AbortSignal,
): Promise<Value> {
  const given = new DocumentBuilder();
  for (const [name, value] of Object.entries(options)) if (value) given.append(name, value);
  const begin = { command, options: given.finish().slice(), collation: collationOf(collator) };
  return withScriptThread(signal, async (thread) => {
    let answer = await thread.ask({ kind: 'begin', ...begin }, signal);
    for await (const batch of documents) {
      if (answer.kind !== 'next') break;
      answer = await thread.ask({ kind: 'more', documents: together(batch) }, signal);
    }
    if (answer.kind === 'next') answer = await thread.ask({ kind: 'end' }, signal);
    if (answer.kind !== 'result') throw new Error(`a thread for scripts answered ${answer.kind}`);
    return documentOf(asBuffer(answer.document));
  });
}

function together(batch: readonly Value[]): Uint8Array {
  const documents = new FoundBuffer();
  documents.add(batch);
  return documents.take().bytes;
}

function collationOf(collator: Collator | undefined): Uint8Array | undefined {
  return collator && toValue(collator.spec).slice();
}
