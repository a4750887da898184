import { describe, expect, it } from 'vitest';
import { FileTree, type ManifestFile } from './filesystem.ts';

const file = (path: string, modifiedMs = 1): ManifestFile => ({
  path,
  key: `k/${path}`,
  size: 10,
  modifiedMs,
});

describe('the tree of a manifest', () => {
  it('has the files, and the directories that lead to them', () => {
    const tree = new FileTree([file('CURRENT', 5), file('journal/000001.log', 9)]);
    expect(tree.lookup('/')).toEqual({ kind: 'directory', modifiedMs: 9, names: ['CURRENT', 'journal'] });
    expect(tree.lookup('/journal')).toMatchObject({ kind: 'directory', names: ['000001.log'] });
    expect(tree.lookup('/journal/000001.log')).toMatchObject({ kind: 'file', file: { size: 10 } });
    expect(tree.lookup('/nothing')).toBeUndefined();
  });

  it.each(['', '/a', 'a//b', '../a', 'a/./b', 'a/..', 'a\0b'])('refuses the path %j', (path) => {
    expect(() => new FileTree([file(path)])).toThrow(/not a path/);
  });

  it.each([[['a', 'a']], [['a', 'a/b']], [['a/b', 'a']]])(
    'refuses %j, which contradict each other',
    (paths) => {
      expect(() => new FileTree(paths.map((path) => file(path)))).toThrow(/twice/);
    },
  );
});
