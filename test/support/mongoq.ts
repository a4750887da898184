import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { afterAll } from 'vitest';

export const root = path.join(import.meta.dirname, '../..');
export const sample = path.join(root, 'sample');
export const fixtures = path.join(root, 'test/fixtures');
const main = path.join(root, 'dist/cli/main.js');

/** A backup that most tests are content with. */
export const sampleBackup: readonly string[] = ['--store', sample, '-r', 'rs0-a', '-i', '3'];

/** What was made for the tests of this file. */
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, which is there until the file's tests have run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mongoq-test-'));
  folders.push(folder);
  return folder;
}

/** An environment of the test's own, until the file's tests have run: no settings, credentials, cache or history of the user's. */
export function isolatedEnv(extra: Record<string, string> = {}): Record<string, string> {
  const home = temporaryFolder();
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_STATE_HOME: path.join(home, 'state'),
    TMPDIR: home,
    TZ: 'UTC',
    ...extra,
  };
}

/** Starts the compiled program as a user would (for root: as the user `uid`); never rejects on a failing exit code. */
export function mongoq(
  args: string[],
  {
    env = isolatedEnv(),
    input = '',
    uid,
  }: { env?: Record<string, string>; input?: string; uid?: number } = {},
) {
  const user = uid === undefined ? {} : { uid, gid: uid };
  // A call of JavaScript may keep a signal waiting for 5 s, after which execa would kill.
  const patience = { forceKillAfterDelay: 30_000 };
  const options = { env, extendEnv: false, input, reject: false, ...patience, ...user } as const;
  return execa(process.execPath, [main, ...args], options);
}

/** `mongoq serve` on a free port, once it has said that it listens. `stop` ends it by a signal and gives its exit code. */
export async function serve(
  args: string[],
  env?: Record<string, string>,
): Promise<{ uri: string; pid: number; stop: (signal?: NodeJS.Signals) => Promise<number | undefined> }> {
  const child = mongoq(['serve', '--port', '0', ...args], env ? { env } : {});
  const lines = createInterface({ input: child.stdout });
  let uri: string | undefined;
  for await (const line of lines) {
    uri = /^listening on (mongodb:\/\/\S+)$/.exec(line)?.[1];
    break;
  }
  if (uri === undefined) throw new Error(`serve did not start: ${(await child).stderr}`);
  return {
    uri,
    pid: child.pid!,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await child).exitCode;
    },
  };
}
