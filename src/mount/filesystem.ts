/** One file to serve: where it shows, and the immutable object that holds its bytes. */
export interface ManifestFile {
  /** Relative to the mountpoint, with `/` as separator. */
  path: string;
  key: string;
  /** Bytes. */
  size: number;
  etag?: string | undefined;
  /** Milliseconds since the epoch. */
  modifiedMs: number;
}

/** A directory's or file's attributes, as far as a read-only tree has any. */
export type Node =
  | { kind: 'directory'; modifiedMs: number; names: string[] }
  | { kind: 'file'; modifiedMs: number; file: ManifestFile };

/** Modes with the type bits of stat(2): readable by the owner alone, and by nobody writable. */
export const directoryMode = 0o040500;
export const fileMode = 0o100400;

/**
 * The tree that a manifest describes. Everything is known from the start, so no lookup ever asks the store. Throws if
 * two entries contradict each other, or a path leaves the tree.
 */
export class FileTree {
  readonly #nodes = new Map<string, Node>([['/', { kind: 'directory', modifiedMs: 0, names: [] }]]);

  constructor(files: readonly ManifestFile[]) {
    for (const file of files) this.#add(file);
  }

  /** The node at an absolute path ("/" is the mountpoint), or undefined. */
  lookup(path: string): Node | undefined {
    return this.#nodes.get(path);
  }

  #add(file: ManifestFile): void {
    const parts = file.path.split('/');
    const name = parts.pop() ?? '';
    if (
      [name, ...parts].some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))
    ) {
      throw new Error(`${JSON.stringify(file.path)} is not a path that can be mounted`);
    }
    let parent = '/';
    for (const part of parts) parent = this.#directory(parent, part, file.modifiedMs);
    this.#insert(parent, name, { kind: 'file', modifiedMs: file.modifiedMs, file });
  }

  #directory(parent: string, name: string, modifiedMs: number): string {
    const path = join(parent, name);
    const existing = this.#nodes.get(path);
    if (existing?.kind !== 'directory')
      this.#insert(parent, name, { kind: 'directory', modifiedMs, names: [] });
    return path;
  }

  #insert(parent: string, name: string, node: Node): void {
    const path = join(parent, name);
    const directory = this.#nodes.get(parent);
    if (this.#nodes.has(path) || directory?.kind !== 'directory') throw new Error(`${path} is there twice`);
    directory.names.push(name);
    directory.modifiedMs = Math.max(directory.modifiedMs, node.modifiedMs);
    this.#nodes.set(path, node);
  }
}

function join(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}
