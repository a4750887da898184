import { parentPort } from 'node:worker_threads';
import { documentOf, type Value } from '../../../bson/value.ts';
import { parseCollation } from '../../../query/collation.ts';
import { liftTimeLimit, loadJavaScript } from '../../../query/javascript/sandbox.ts';
import type { Batches } from '../../../query/context.ts';
import type { Matcher } from '../../../query/match/compile.ts';
import { sentError } from '../parallel/errors.ts';
import { foundDocuments } from '../parallel/found-buffer.ts';
import { asBuffer } from '../parallel/protocol.ts';
import { compileQuery } from '../query/compiled-query.ts';
import type { ScriptAnswer, ScriptCommand, ScriptQuestion } from './protocol.ts';
import { runGroup, runMapReduce, type RunScripts } from './run-scripts.ts';

// The program of a thread that runs scripts, so that they keep nobody else waiting.

const commands: Record<ScriptCommand, RunScripts> = { group: runGroup, mapReduce: runMapReduce };
// Whoever waits for a script ends this thread.
liftTimeLimit();

let current: { query: number; matches: Matcher } | undefined;
/** Takes what is asked next, while a command waits for it. */
let takeNext: ((question: ScriptQuestion) => void) | undefined;

function answer(message: ScriptAnswer): void {
  parentPort?.postMessage(message);
}

async function match(question: Extract<ScriptQuestion, { kind: 'match' }>): Promise<ScriptAnswer> {
  const { query, filter, collation, documents } = question;
  if (current?.query !== query) {
    await loadJavaScript();
    const { matches } = compileQuery(documentOf(asBuffer(filter)), undefined, collatorOf(collation));
    current = { query, matches };
  }
  const { matches } = current;
  return {
    kind: 'matched',
    passing: Uint8Array.from(foundDocuments(documents), (document) => Number(matches(document))),
  };
}

/** The documents that the other side sends, each time when they are wanted. */
async function* input(): Batches {
  for (;;) {
    const next = new Promise<ScriptQuestion>((resolve) => (takeNext = resolve));
    answer({ kind: 'next' });
    const question = await next;
    takeNext = undefined;
    if (question.kind !== 'more') return;
    yield foundDocuments(question.documents);
  }
}

async function run(question: Extract<ScriptQuestion, { kind: 'begin' }>): Promise<ScriptAnswer> {
  const options = documentOf(asBuffer(question.options));
  const result: Value = await commands[question.command](options, collatorOf(question.collation), input());
  return { kind: 'result', document: result.slice() };
}

function collatorOf(collation: Uint8Array | undefined): ReturnType<typeof parseCollation> {
  return collation && parseCollation(documentOf(asBuffer(collation)));
}

parentPort?.on('message', (question: ScriptQuestion) => {
  if (takeNext) {
    takeNext(question);
    return;
  }
  if (question.kind !== 'match' && question.kind !== 'begin') return;
  const working = question.kind === 'match' ? match(question) : run(question);
  working.then(answer, (error: unknown) => answer({ kind: 'failed', error: sentError(error) }));
});
