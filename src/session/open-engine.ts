import type { ReadCounts } from '../blocks/block-reader.ts';
import type { Backup } from '../catalog/catalog.ts';
import type { Engine } from '../engine/engine.ts';

/** An engine on one backup, with what it holds open. */
export interface OpenedEngine {
  engine: Engine;
  /** For `status`: what answers, in words. */
  description: string;
  /** False once the engine cannot answer any more (its mongod or mount died). */
  alive: () => boolean;
  /** What it has read besides the session's block reader (a mount reads in its own process). */
  counts: () => Promise<ReadCounts>;
  close: () => Promise<void>;
}

export interface OpenEngineOptions {
  signal?: AbortSignal | undefined;
  onNotice: (notice: string) => void;
}

/** Opens a backup. Throws MongoqErrors of the engine. After an abort nothing of it is left. */
export type OpenEngine = (backup: Backup, options: OpenEngineOptions) => Promise<OpenedEngine>;
