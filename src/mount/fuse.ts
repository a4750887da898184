import { constants } from 'node:fs';
import { directoryMode, fileMode, type FileTree, type ManifestFile, type Node } from './filesystem.ts';
import { errnoOf, isDirectory, notDirectory, notFound, readOnly } from './errno.ts';
import type FuseNative from 'fuse-native';

/** How long the kernel may believe what it was told, in seconds: nothing in a backup ever changes. */
const believeSeconds = 86_400;

/**
 * Mount options. `ro` makes the kernel itself refuse writes; kernel_cache keeps pages between opens. fuse-native has no
 * option for some of these, hence the list replaces the one that it builds.
 */
const mountOptions = [
  'ro',
  'fsname=mongoq',
  'subtype=mongoq',
  'default_permissions',
  'kernel_cache',
  `attr_timeout=${believeSeconds}`,
  `entry_timeout=${believeSeconds}`,
  `negative_timeout=${believeSeconds}`,
  'max_read=131072',
];

/** Reads part of a file into `target`; returns how many bytes. One reader a handle, for read-ahead. */
export interface OpenFile {
  read(target: Buffer, offset: number): Promise<number>;
  close(): void;
}

export interface FuseOptions {
  mountpoint: string;
  tree: FileTree;
  open: (file: ManifestFile) => OpenFile;
  /** Told of every read that failed, since the kernel's caller only learns a number. */
  onError: (path: string, error: unknown) => void;
}

/** Loads the native library; rejects with what the system says is missing. */
export async function loadFuse(): Promise<void> {
  await import('fuse-native');
}

/** Mounts the tree and serves it from this process's event loop. Rejects if the system does not let us. */
export async function serveFuse(options: FuseOptions): Promise<void> {
  const { default: Fuse } = await import('fuse-native');
  class ReadOnlyFuse extends Fuse {
    protected override _fuseOptions(): string {
      return `-o${mountOptions.join(',')}`;
    }
  }
  // Without time limits: the store retries, and an I/O error too early would make RocksDB give up for good.
  const fuse = new ReadOnlyFuse(options.mountpoint, handlers(options), { timeout: false });
  await new Promise<void>((resolve, reject) => {
    fuse.mount((error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

function handlers({ tree, open, onError }: FuseOptions): FuseNative.OPERATIONS {
  const files = new Map<number, OpenFile>();
  let nextHandle = 1;
  return {
    getattr: (path, reply) => {
      const node = tree.lookup(path);
      if (node) reply(0, attributes(node));
      else reply(notFound);
    },
    readdir: (path, reply) => {
      const node = tree.lookup(path);
      if (!node) reply(notFound);
      else if (node.kind === 'directory') reply(0, ['.', '..', ...node.names]);
      else reply(notDirectory);
    },
    open: (path, flags, reply) => {
      const node = tree.lookup(path);
      if (node?.kind !== 'file') {
        reply(node ? isDirectory : notFound);
      } else if ((flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0) {
        reply(readOnly);
      } else {
        const handle = nextHandle++;
        files.set(handle, open(node.file));
        reply(0, handle);
      }
    },
    read: (path, handle, buffer, length, offset, reply) => {
      const file = files.get(handle);
      if (!file) {
        reply(notFound);
        return;
      }
      file.read(buffer.subarray(0, length), offset).then(reply, (error: unknown) => {
        onError(path, error);
        reply(errnoOf(error));
      });
    },
    release: (_path, handle, reply) => {
      files.get(handle)?.close();
      files.delete(handle);
      reply(0);
    },
    statfs: (_path, reply) => reply(0, { bsize: 4096, frsize: 4096, namemax: 255 }),
  };
}

function attributes(node: Node): FuseNative.Stats {
  const time = new Date(node.modifiedMs);
  const isFile = node.kind === 'file';
  return {
    mtime: time,
    atime: time,
    ctime: time,
    nlink: 1,
    size: isFile ? node.file.size : 4096,
    mode: isFile ? fileMode : directoryMode,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
  };
}
