import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, sample, serve } from '../support/mongoq.ts';
import { mustSkip } from '../support/skip-reason.ts';

const clients = path.join(root, 'test/support/clients');

/** A client of another language: how it is seen to be there, what builds it, and what runs it. */
interface Client {
  present: string[];
  install: string;
  build?: (output: string) => string;
  command: (output: string) => string[];
}

/** Debian's Go packages are sources below a GOPATH, not modules. */
const debianGo = ['GO111MODULE=off', 'GOPATH=/usr/share/gocode'];

const others: Record<string, Client> = {
  PHP: {
    present: ['php', '-r', 'exit(extension_loaded("mongodb") ? 0 : 1);'],
    install: 'php-cli php-mongodb',
    command: () => ['php', path.join(clients, 'read.php')],
  },
  Perl: {
    present: ['perl', '-MMongoDB', '-e', '1'],
    install: 'libmongodb-perl',
    command: () => ['perl', path.join(clients, 'read.pl')],
  },
  Ruby: {
    present: ['ruby', '-rmongo', '-e', '1'],
    install: 'ruby-mongo',
    command: () => ['ruby', path.join(clients, 'read.rb')],
  },
  C: {
    present: ['pkg-config', '--exists', 'libmongoc-1.0'],
    install: 'gcc pkg-config libmongoc-dev',
    build: (output) =>
      `cc ${path.join(clients, 'read.c')} -o ${output} $(pkg-config --cflags --libs libmongoc-1.0)`,
    command: (output) => [output],
  },
  Go: {
    present: ['env', ...debianGo, 'go', 'list', 'go.mongodb.org/mongo-driver/mongo'],
    install: 'golang-go golang-mongodb-mongo-driver-dev',
    build: (output) => `env ${debianGo.join(' ')} go build -o ${output} ${path.join(clients, 'read.go')}`,
    command: (output) => [output],
  },
};

let served: Awaited<ReturnType<typeof serve>>;
let directory: string;

beforeAll(async () => {
  directory = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-clients-'));
  served = await serve(['--store', sample, '-r', 'rs0-a', '-i', '3', '--engine', 'builtin']);
});

afterAll(async () => {
  expect(await served.stop()).toBe(0);
  await fs.rm(directory, { recursive: true });
});

async function reads(command: string[]): Promise<void> {
  const [program, ...args] = command;
  const { stdout } = await execa(program!, [...args, served.uri, 'app', 'users'], { cwd: root });
  const seen = JSON.parse(stdout) as Record<string, unknown[]>;
  expect(new Set(seen['ids']).size).toBe(1498);
  expect(seen).toMatchObject({ one: 43, count: 6, aggregated: 6, insert: 20 });
  expect(seen['collections']).toContain('adults');
  expect(seen['databases']).toContain('données');
}

describe.each(Object.entries(others))('the driver for %s', (name, { present, install, build, command }) => {
  it.skipIf(mustSkip(`the driver for ${name}`, whyNot(present, install)))(
    'reads and is refused writes',
    async () => {
      const output = path.join(directory, name);
      if (build) await execa('sh', ['-c', build(output)]);
      await reads(command(output));
    },
  );
});

it.each(['mongodb', 'mongodb-legacy'])(
  'the driver %s for Node.js reads and is refused writes',
  async (driver) => {
    const { stdout } = await execa(
      'node',
      [path.join(clients, 'read.mjs'), served.uri, 'app', 'users', driver],
      { cwd: root },
    );
    expect(JSON.parse(stdout)).toMatchObject({ one: 43, count: 6, estimated: 1498, insert: 20 });
  },
);

function whyNot([program, ...args]: string[], install: string): string | undefined {
  try {
    execFileSync(program!, args, { stdio: 'ignore' });
    return undefined;
  } catch {
    return `install it by \`apt-get install ${install}\``;
  }
}
