import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { whyNoMount } from '../../src/mount/available.ts';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, root, sample, temporaryFolder } from '../support/mongoq.ts';
import { mustSkip } from '../support/skip-reason.ts';
import { installMongod } from '../support/stand-in-mongod/install.ts';

const missing = (await whyNoMount())?.message;

const mongod = await installMongod(temporaryFolder());

/** Runs `mongoq ARGS | READER` in bash, in which $sample and $mongod are known; mongoq must have ended for want of a reader. */
async function intoReader(args: string, reader: string): Promise<string> {
  const env = isolatedEnv({
    sample,
    mongod,
    node: process.execPath,
    main: path.join(root, 'dist/cli/main.js'),
  });
  const script = `"$node" "$main" ${args} | ${reader}; echo "\${PIPESTATUS[0]}" >&2`;
  const { stdout, stderr } = await execa('bash', ['-c', script], { env, extendEnv: false });
  // No word of its own, be it a stack trace or a message.
  expect(stderr).toBe(String(ExitCode.noReader));
  expect(await leftovers(env)).toEqual([]);
  return stdout;
}

const query = 'query --store "$sample" -r rs0-a -i 3';

describe('the beginning of a large result is enough', () => {
  it.each([
    ['documents', `--eval 'db.getSiblingDB("local").oplog.rs.find().toArray()'`, 'head -1', '['],
    [
      'JSON in one line',
      `--json --eval 'db.getSiblingDB("app").users.find().toArray()'`,
      'head -c 7',
      '[{"_id"',
    ],
    ['lines without end', `--eval 'for (let line = 1; ; line++) print(line)'`, 'head -2', '1\n2'],
  ])('%s', async (_, args, reader, expected) => {
    expect(await intoReader(`${query} --engine builtin ${args}`, reader)).toBe(expected);
  });

  it.skipIf(mustSkip('mongod on the mount', missing))('of mongod', async () => {
    const args = `${query} --engine mongod --mongod-path "$mongod" --eval 'for (;;) print(db.getSiblingDB("app").users.findOne())'`;
    expect(await intoReader(args, 'head -1')).toBe('{');
  });
});

// `true` reads nothing and is gone before anything is printed.
describe('a reader that is gone', () => {
  it.each([
    ['query', `${query} --eval 'db.getSiblingDB("app").users.find()'`],
    ['lb in a script', '--store "$sample" < <(echo "cr rs0-a"; echo lb)'],
    ['show --json', 'show backups --store "$sample" -r rs0-a --json'],
    ['verify --json', 'verify --store "$sample" -r rs0-a --all --json'],
    ['verify', 'verify --store "$sample" -r rs0-a --all'],
    ['doctor --json', 'doctor --store "$sample" --json'],
    ['serve', 'serve --store "$sample" -r rs0-a -i 3 --engine builtin --port 0'],
    ['help', '--help'],
  ])('of %s', async (_, args) => {
    expect(await intoReader(args, 'true')).toBe('');
  });
});
