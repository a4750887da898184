/** One command for an engine. */
export interface CommandRequest {
  db: string;
  /** The command as BSON, its first field the command's name, without `$db` and other fields of the transport. */
  command: Buffer;
  /** Aborted when the client asked to stop (killOp, its connection closed, the session ends). */
  signal: AbortSignal;
}

/** What the engine is, for `status` and `buildInfo`. */
export interface EngineInfo {
  kind: 'builtin' | 'mongod';
  /** The server version that clients see, such as "3.4.10". */
  version: string;
}

/**
 * Answers the commands that the gateway's read-only policy lets through, from one backup. A command that fails
 * resolves to `{ok: 0, code, codeName, errmsg}` as BSON; a rejection means that the engine itself failed (damaged file,
 * dead mongod), with a MongoqError.
 */
export interface Engine {
  readonly info: EngineInfo;
  run(request: CommandRequest): Promise<Buffer>;
  close(): Promise<void>;
}
