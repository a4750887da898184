import type { DocumentBuilder } from '../../../bson/builder.ts';
import type { Value } from '../../../bson/value.ts';
import type { RocksEngineState } from '../state.ts';

/** A command that runs. */
export interface CommandContext {
  readonly state: RocksEngineState;
  readonly db: string;
  /** The name as it was sent. */
  readonly name: string;
  readonly command: Value;
  readonly signal: AbortSignal;
}

/** Answers a command with its reply, without `ok`. Throws CommandError for what mongod refuses. */
export type Handler = (context: CommandContext) => DocumentBuilder | Promise<DocumentBuilder>;

/** Commands by name: some have several. */
export type Handlers = Readonly<Record<string, Handler>>;
