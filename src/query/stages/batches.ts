import { mapInTurns } from '../../base/take-turns.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';

const batchDocuments = 256;

/** Applies `change` to each document; what it returns goes on, undefined leaves the document out. */
export async function* mapDocuments(
  input: Batches,
  signal: AbortSignal,
  change: (document: Value) => Value | undefined,
): Batches {
  for await (const batch of input) {
    signal.throwIfAborted();
    const out = await mapInTurns(batch, change);
    if (out.length > 0) yield out;
  }
}

/** Applies `expand`, which may make many documents of one. */
export async function* expandDocuments(
  input: Batches,
  signal: AbortSignal,
  expand: (document: Value) => Iterable<Value>,
): Batches {
  let out: Value[] = [];
  for await (const batch of input) {
    signal.throwIfAborted();
    for (const document of batch) {
      for (const made of expand(document)) {
        out.push(made);
        if (out.length < batchDocuments) continue;
        yield out;
        out = [];
      }
    }
    if (out.length > 0) yield out;
    out = [];
  }
}

/** Cuts documents into batches. */
export function* inBatches(documents: Iterable<Value>): Generator<Value[]> {
  let out: Value[] = [];
  for (const document of documents) {
    out.push(document);
    if (out.length < batchDocuments) continue;
    yield out;
    out = [];
  }
  if (out.length > 0) yield out;
}

/** No documents. */
// eslint-disable-next-line @typescript-eslint/require-await
export async function* noDocuments(): Batches {
  yield* [];
}

/** The given documents as a source. */
// eslint-disable-next-line @typescript-eslint/require-await
export async function* fromDocuments(documents: Iterable<Value>): Batches {
  yield* inBatches(documents);
}
