import { ErrorCode } from '../base/error-codes.ts';
import { isMongoqError, messageOf } from '../base/errors.ts';
import type { BlockReader } from '../blocks/block-reader.ts';
import { createBlockReader } from '../blocks/create-block-reader.ts';
import { ReadAheadBudget } from '../blocks/window.ts';
import { openStore } from '../store/open-store.ts';
import { FileTree } from './filesystem.ts';
import { serveFuse } from './fuse.ts';
import type { StartMessage, ToChild, ToParent } from './protocol.ts';
import { openServedFile, warmUp } from './served-file.ts';
import { unmount } from './unmount.ts';

/**
 * The mount process: takes its orders from the parent by IPC, serves the files, and ends with the parent. Started by
 * mount.ts, never by a user.
 */

/** Of all open files together. Half of the memory cache: what is read ahead must stay there until it is read. */
const readAheadBytes = 64 * 1024 ** 2;

let mountpoint: string | undefined;
let reader: BlockReader | undefined;

function send(message: ToParent): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

/** However the end comes, the mount goes first: without its process every access to it would fail. */
async function end(code: number): Promise<never> {
  if (mountpoint !== undefined) await unmount(mountpoint).catch(() => undefined);
  process.exit(code);
}

async function start({ mountpoint: where, files, store, cache }: StartMessage): Promise<void> {
  const opened = await openStore(store.url, store.options);
  const blocks = createBlockReader(opened, { ...cache, memoryBytes: 2 * readAheadBytes });
  reader = blocks;
  warmUp(blocks, files);
  const budget = new ReadAheadBudget(readAheadBytes);
  mountpoint = where;
  await serveFuse({
    mountpoint: where,
    tree: new FileTree(files),
    open: (file) => openServedFile(blocks, file, budget),
    onError: (path, error) => send({ type: 'readFailed', path, message: messageOf(error) }),
  });
  send({ type: 'mounted' });
}

function failed(error: unknown): void {
  const known = isMongoqError(error);
  send({
    type: 'failed',
    code: known ? error.code : ErrorCode.mountUnavailable,
    message: messageOf(error),
    hint: known ? error.hint : undefined,
  });
}

process.on('message', (message: ToChild) => {
  switch (message.type) {
    case 'start':
      start(message).catch((error: unknown) => {
        failed(error);
        void end(1);
      });
      return;
    case 'counts':
      if (reader) send({ type: 'counts', id: message.id, counts: { ...reader.counts } });
      return;
    case 'stop':
      void end(0);
  }
});
process.on('disconnect', () => void end(0));
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(0));
