/** How far an operation is. `phase` is a word or two for the user ("upload"); totals are 0 until they are known. */
export interface Progress {
  phase: string;
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
}

export type ProgressListener = (progress: Progress) => void;

/** What every operation takes. */
export interface OperationOptions {
  signal?: AbortSignal | undefined;
  progress?: ProgressListener | undefined;
  /** Told of what the user should know though it stops nothing. */
  onNotice?: ((notice: string) => void) | undefined;
}

/** Counts files and bytes of one phase and tells the listener; `bytes` may go back when a file is tried again. */
export class PhaseProgress {
  readonly #listener: ProgressListener | undefined;
  readonly #state: Progress;

  constructor(
    listener: ProgressListener | undefined,
    phase: string,
    totals: { files: number; bytes: number } = { files: 0, bytes: 0 },
  ) {
    this.#listener = listener;
    this.#state = { phase, filesDone: 0, filesTotal: totals.files, bytesDone: 0, bytesTotal: totals.bytes };
    this.#tell();
  }

  bytes(count: number): void {
    this.#state.bytesDone += count;
    this.#tell();
  }

  file(): void {
    this.#state.filesDone++;
    this.#tell();
  }

  #tell(): void {
    this.#listener?.({ ...this.#state });
  }
}
