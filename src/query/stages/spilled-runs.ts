import type { Batches } from '../context.ts';
import { SpillFile } from './spill.ts';

/** A merge has a file open and a piece of it in memory for each run. */
const mostOfALevel = 64;

/**
 * Sorted runs on disk, the oldest first. As many as a merge may have of one level become one run of the next, so that neither
 * open files nor memory grow with the number of documents by more than its logarithm.
 */
export class SpilledRuns {
  readonly #merge: (runs: Batches[]) => Batches;
  /** By level, highest last: the runs of a higher level are older than those of a lower one. */
  readonly #levels: SpillFile[][] = [];

  /** `merge` must keep equal documents in the order of their runs. */
  constructor(merge: (runs: Batches[]) => Batches) {
    this.#merge = merge;
  }

  get isEmpty(): boolean {
    return this.#levels.length === 0;
  }

  /** Adds a run, younger than all others; `directory` must exist. */
  async add(directory: string, run: Batches): Promise<void> {
    await this.#write(0, directory, run);
    for (let level = 0; this.#runs(level).length >= mostOfALevel; level++) {
      const runs = this.#runs(level);
      await this.#write(level + 1, directory, this.#merge(runs.map((one) => one.read())));
      for (const one of runs.splice(0)) await one.remove();
    }
  }

  /** The documents of each run, the oldest run first. */
  read(): Batches[] {
    return this.#levels.toReversed().flatMap((runs) => runs.map((run) => run.read()));
  }

  async remove(): Promise<void> {
    for (const run of this.#levels.flat()) await run.remove();
  }

  #runs(level: number): SpillFile[] {
    return (this.#levels[level] ??= []);
  }

  async #write(level: number, directory: string, documents: Batches): Promise<void> {
    const file = new SpillFile(directory);
    this.#runs(level).push(file);
    for await (const batch of documents) {
      for (const document of batch) if (file.add(document)) await file.flush();
    }
    await file.flush();
  }
}
