import type { CommandRequest, Engine, EngineInfo } from '../engine/engine.ts';
import type { OpenedEngine } from './open-engine.ts';

/**
 * An opened backup whose mongod or mount may die. The command that meets with the death fails, by an error that says so; the
 * next one opens the backup again and is answered. It closes nothing: the engines are the caller's.
 */
export class RevivingEngine implements Engine {
  readonly info: EngineInfo;
  readonly #reopen: () => Promise<OpenedEngine>;
  #opened: OpenedEngine;
  #told = false;
  #reopening: Promise<void> | undefined;

  /** `reopen` closes what is left of the dead one. */
  constructor(opened: OpenedEngine, reopen: () => Promise<OpenedEngine>) {
    this.info = opened.engine.info;
    this.#opened = opened;
    this.#reopen = reopen;
  }

  async run(request: CommandRequest): Promise<Buffer> {
    if (this.#told) {
      this.#reopening ??= this.#revive().finally(() => (this.#reopening = undefined));
      await this.#reopening;
    }
    const opened = this.#opened;
    try {
      return await opened.engine.run(request);
    } finally {
      if (opened === this.#opened && !opened.alive()) this.#told = true;
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #revive(): Promise<void> {
    this.#opened = await this.#reopen();
    this.#told = false;
  }
}
