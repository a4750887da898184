import { mapInTurns, takeTurns } from '../../base/take-turns.ts';
import type { Value } from '../../bson/value.ts';
import type { Batches } from '../context.ts';
import { compacted } from './compacted.ts';

const batchDocuments = 256;

/** A batch ends with the document that passes this: several may be held between stages. */
const batchBytes = 1 << 20;

/** Gathers the documents of a batch. */
export class Batch {
  #documents: Value[] = [];
  #bytes = 0;

  /** Adds a document; true if the batch is full. */
  add(document: Value): boolean {
    this.#bytes += document.end - document.start;
    return this.#documents.push(document) >= batchDocuments || this.#bytes >= batchBytes;
  }

  get isEmpty(): boolean {
    return this.#documents.length === 0;
  }

  /** What was added; the next batch begins. */
  take(): Value[] {
    const documents = this.#documents;
    this.#documents = [];
    this.#bytes = 0;
    return documents;
  }
}

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

/** The same where the documents may be few of those that came: they keep no others alive. */
export async function* chooseDocuments(
  input: Batches,
  signal: AbortSignal,
  choose: (document: Value) => Value | undefined,
): Batches {
  for await (const batch of mapDocuments(input, signal, choose)) yield compacted(batch);
}

/** Applies `expand`, which may make many documents of one. */
export async function* expandDocuments(
  input: Batches,
  signal: AbortSignal,
  expand: (document: Value) => Iterable<Value>,
): Batches {
  const out = new Batch();
  for await (const batch of input) {
    signal.throwIfAborted();
    for (const document of batch) {
      for (const made of expand(document)) if (out.add(made)) yield out.take();
    }
    if (!out.isEmpty) yield out.take();
  }
}

/** Stages that make much of what is in memory would else keep other commands waiting. */
export async function* inTurns(documents: Batches): Batches {
  for await (const batch of documents) {
    const turn = takeTurns();
    if (turn) await turn;
    yield batch;
  }
}

/** Cuts documents into batches. */
export function* inBatches(documents: Iterable<Value>): Generator<Value[]> {
  const out = new Batch();
  for (const document of documents) if (out.add(document)) yield out.take();
  if (!out.isEmpty) yield out.take();
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
