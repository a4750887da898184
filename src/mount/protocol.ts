import type { ReadCounts } from '../blocks/block-reader.ts';
import type { BlockReaderOptions } from '../blocks/create-block-reader.ts';
import type { OpenStoreOptions } from '../store/open-store.ts';
import type { ManifestFile } from './filesystem.ts';

/** What the parent says to the mount process. The store's settings may hold secrets, so they never go by arguments. */
export interface StartMessage {
  type: 'start';
  mountpoint: string;
  files: ManifestFile[];
  store: { url: string; options: Omit<OpenStoreOptions, 'counts'> };
  /** As createBlockReader takes them. */
  cache: BlockReaderOptions;
}

export type ToChild = StartMessage | { type: 'counts'; id: number } | { type: 'stop' };

/** What the mount process answers. */
export type ToParent =
  | { type: 'mounted' }
  | { type: 'failed'; code: string; message: string; hint: string | undefined }
  | { type: 'counts'; id: number; counts: ReadCounts }
  | { type: 'readFailed'; path: string; message: string };
