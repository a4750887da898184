import { DocumentBuilder } from '../bson/builder.ts';
import type { CommandRequest, Engine, EngineInfo } from '../engine/engine.ts';

/**
 * The engine that the gateway sees: whichever backup is chosen now. One gateway, and with it the shell's connection and
 * variables, outlives every change of backup.
 */
export class SwitchableEngine implements Engine {
  #current: Engine | undefined;

  get current(): Engine | undefined {
    return this.#current;
  }

  /** Commands go to `engine` from now on; those under way end where they began. */
  switchTo(engine: Engine | undefined): void {
    this.#current = engine;
  }

  get info(): EngineInfo {
    return this.#current?.info ?? { kind: 'builtin', version: '3.4.10' };
  }

  run(request: CommandRequest): Promise<Buffer> {
    return this.#current?.run(request) ?? Promise.resolve(nothingChosen());
  }

  /** The engines belong to the session; there is nothing to close here. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function nothingChosen(): Buffer {
  return new DocumentBuilder()
    .int('ok', 0)
    .int('code', 96)
    .string('codeName', 'OperationFailed')
    .string('errmsg', 'no backup is chosen: `cr ID` chooses a replica, `cb ID` a backup')
    .finish()
    .slice();
}
