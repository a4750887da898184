import type { ProjectionSpec } from './spec.ts';

/**
 * The fields of a projection as a tree over path components. As in mongod the last field given decides whether fields
 * that are not named stay.
 */
export class FieldNode {
  readonly #names: Buffer[] = [];
  readonly #nodes: FieldNode[] = [];
  /** Whether values that no child speaks of stay. */
  keepsOthers = true;
  /** Whether a $slice lies here or below: then the value is always taken apart. */
  hasSlice = false;
  skip = 0;
  /** -1 for all items. */
  limit = -1;

  get isLeaf(): boolean {
    return this.#nodes.length === 0 && !this.hasSlice;
  }

  /** The child for the field whose name lies at that place (NUL not included), or undefined. */
  child(bytes: Buffer, start: number, end: number): FieldNode | undefined {
    const length = end - start;
    next: for (let i = 0; i < this.#names.length; i++) {
      const name = this.#names[i] as Buffer;
      if (name.length !== length) continue;
      for (let k = 0; k < length; k++) if (name[k] !== bytes[start + k]) continue next;
      return this.#nodes[i];
    }
    return undefined;
  }

  /** Keeps the field of that very name, dots and all. */
  includeNamed(name: string): void {
    this.keepsOthers = false;
    this.#childFor(name);
  }

  include(path: string, include: boolean): void {
    if (path === '') {
      this.keepsOthers = include;
      return;
    }
    this.keepsOthers = !include;
    const [name, rest] = splitPath(path);
    this.#childFor(name).include(rest, include);
  }

  slice(path: string, skip: number, limit: number): void {
    this.hasSlice = true;
    if (path === '') {
      this.skip = skip;
      this.limit = limit;
      return;
    }
    const [name, rest] = splitPath(path);
    this.#childFor(name).slice(rest, skip, limit);
  }

  #childFor(name: string): FieldNode {
    const bytes = Buffer.from(name, 'utf8');
    const found = this.child(bytes, 0, bytes.length);
    if (found !== undefined) return found;
    const node = new FieldNode();
    this.#names.push(bytes);
    this.#nodes.push(node);
    return node;
  }
}

function splitPath(path: string): [string, string] {
  const dot = path.indexOf('.');
  return dot < 0 ? [path, ''] : [path.slice(0, dot), path.slice(dot + 1)];
}

/**
 * The tree of a checked projection. The first field kept or left decides whether others stay, until another one is
 * named; an empty name means all fields, unless the projection only names fields to keep.
 */
export function fieldTree(spec: ProjectionSpec): FieldNode {
  const root = new FieldNode();
  if (spec.fields.every(({ kind, path }) => kind === 'include' && !path.includes('.'))) {
    for (const { path } of spec.fields) root.includeNamed(path);
    return root;
  }
  let isFirst = true;
  for (const field of spec.fields) {
    switch (field.kind) {
      case 'slice':
        root.slice(field.path, field.skip, field.limit);
        break;
      case 'include':
      case 'exclude': {
        const include = field.kind === 'include';
        root.include(field.path, include);
        if (isFirst) root.keepsOthers = !include;
        isFirst = false;
        break;
      }
      case 'elemMatch':
        root.include(field.path, true);
        break;
      case 'meta':
    }
  }
  return root;
}
