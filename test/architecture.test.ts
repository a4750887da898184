import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * Which room may import which, and which package lives in which files only: docs/design.md shows the same table.
 * A room may always import itself.
 */
const rooms: Record<string, string[]> = {
  base: [],
  bson: [],
  store: ['base'],
  catalog: ['base', 'store'],
  blocks: ['base', 'store'],
  rocksdb: ['base', 'blocks'],
  query: ['base', 'bson'],
  wire: ['base', 'bson'],
  mount: ['base', 'store', 'catalog', 'blocks'],
  engine: ['base', 'bson', 'store', 'catalog', 'blocks', 'rocksdb', 'query', 'wire', 'mount'],
  gateway: ['base', 'bson', 'wire', 'query', 'engine'],
  operations: ['base', 'bson', 'store', 'catalog', 'blocks', 'rocksdb', 'wire', 'engine', 'gateway'],
  session: ['base', 'bson', 'store', 'catalog', 'blocks', 'mount', 'engine', 'gateway'],
  shell: ['base', 'catalog', 'session'],
  cli: ['*'],
};

const packageHomes: Record<string, RegExp> = {
  '@aws-sdk/': /^store\//,
  '@smithy/': /^store\//,
  'fuse-native': /^mount\/fuse/,
  execa: /^(engine\/mongod|mount|operations)\//,
  snappy: /^rocksdb\//,
  'lz4-napi': /^rocksdb\//,
  '@mongosh/': /^shell\/(evaluator|load-mongosh)/,
  ink: /^shell\/ui\//,
  react: /^shell\/ui\//,
  commander: /^cli\//,
  mongodb: /^(operations|shell)\//,
  'quickjs-emscripten': /^query\/javascript\//,
  'snowball-stemmers': /^query\/text\//,
};

const src = path.join(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file),
);

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
}

describe('the house', () => {
  it('has only the rooms of the table', () => {
    expect(
      [...new Set(files.map((file) => file.split(path.sep)[0]))].filter((room) => !(room! in rooms)),
    ).toEqual([]);
  });

  it('has arrows one way only', () => {
    const wrong = files.flatMap((file) => {
      const room = file.split(path.sep)[0]!;
      return importsOf(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => path.relative(src, path.resolve(src, path.dirname(file), target)))
        .filter((target) => {
          const other = target.split(path.sep)[0]!;
          return other !== room && rooms[room]![0] !== '*' && !rooms[room]!.includes(other);
        })
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  it('lets a gateway see only the interface of an engine', () => {
    const wrong = files
      .filter((file) => file.startsWith(`gateway${path.sep}`))
      .flatMap((file) => importsOf(file).filter((target) => /engine\/(rocks|mongod)/.test(target)));
    expect(wrong).toEqual([]);
  });

  it('keeps each package in its own files', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('.'))
        .flatMap((target) =>
          Object.entries(packageHomes)
            .filter(([name]) =>
              name.endsWith('/') ? target.startsWith(name) : target === name || target.startsWith(`${name}/`),
            )
            .filter(([, home]) => !home.test(file.split(path.sep).join('/')))
            .map(([name]) => `${file} imports ${name}`),
        ),
    );
    expect(wrong).toEqual([]);
  });
});
