/** The part of fuse-native 2.2 that is used here; the package has no types of its own. */
declare module 'fuse-native' {
  namespace Fuse {
    interface Stats {
      mtime: Date;
      atime: Date;
      ctime: Date;
      nlink: number;
      size: number;
      mode: number;
      uid: number;
      gid: number;
    }

    interface OPERATIONS {
      getattr(path: string, reply: (result: number, stats?: Stats) => void): void;
      readdir(path: string, reply: (result: number, names?: string[]) => void): void;
      open(path: string, flags: number, reply: (result: number, handle?: number) => void): void;
      /** The result is the number of bytes read, or a negated error number. */
      read(
        path: string,
        handle: number,
        buffer: Buffer,
        length: number,
        offset: number,
        reply: (result: number) => void,
      ): void;
      release(path: string, handle: number, reply: (result: number) => void): void;
      statfs(path: string, reply: (result: number, stats?: Record<string, number>) => void): void;
    }
  }

  class Fuse {
    constructor(mountpoint: string, operations: Fuse.OPERATIONS, options: { timeout: false });
    mount(done: (error: Error | null) => void): void;
    protected _fuseOptions(): string;
  }

  export default Fuse;
}
