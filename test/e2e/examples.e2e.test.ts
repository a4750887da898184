import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isolatedEnv, mongoq, root, sample } from '../support/mongoq.ts';
import { mustSkip } from '../support/skip-reason.ts';

const examples = path.join(import.meta.dirname, '../../examples');

let work: string;
beforeEach(async () => {
  work = await mkdtemp(path.join(tmpdir(), 'mongoq-examples-'));
});
afterEach(() => rm(work, { recursive: true, force: true }));

/** Runs the check with a mongoq that prints `output` and ends with `code`. */
async function check(output: string, code = 0): Promise<{ exitCode: number | undefined; stdout: string }> {
  const program = path.join(work, 'mongoq');
  await writeFile(program, `#!/bin/sh\nprintf '%s' '${output}'\nexit ${code}\n`, { mode: 0o755 });
  const { exitCode, stdout } = await execa(
    path.join(examples, 'check-last-backup'),
    ['rs0-a', '3600', '7200'],
    { env: { MONGOQ: program }, reject: false },
  );
  return { exitCode, stdout };
}

describe('with the program itself', () => {
  it('the monitoring check asks mongoq', async () => {
    const program = path.join(work, 'mongoq');
    const main = path.join(root, 'dist/cli/main.js');
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
    const env = { ...isolatedEnv({ MONGOQ: program, MONGOQ_STORE: sample }) };
    const ask = (...args: string[]) =>
      execa(path.join(examples, 'check-last-backup'), args, { env, extendEnv: false, reject: false });
    const year = String(100 * 365 * 86_400);
    expect(await ask('rs0-a', year, year)).toMatchObject({ exitCode: 0 });
    expect((await ask('none')).stdout).toBe('CRITICAL: none has no backup');
    const broken = await ask('..');
    expect(broken.exitCode).toBe(3);
    expect(broken.stdout).toBe('UNKNOWN: mongoq failed for ..');
  });

  it('every command of the units and of the crontab is one that mongoq knows', async () => {
    const files = ['crontab', 'mongoq-backup.service'].map((name) => path.join(examples, name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    const commands = texts.join('\n').match(/mongoq (backup|delete|gc|verify) [^&\n]*/g) ?? [];
    expect(commands).toHaveLength(7);
    for (const command of commands) {
      const args = command.trim().split(/ +/).slice(1);
      const { exitCode } = await mongoq([...args, '--help']);
      expect(exitCode, command).toBe(0);
      const wrong = await mongoq([...args, '--no-such-flag']);
      expect(wrong.stderr, command).toContain("unknown option '--no-such-flag'");
    }
  });

  const noSystemd = spawnSync('systemd-analyze', ['--version']).error ? 'apt-get install systemd' : undefined;
  it.skipIf(mustSkip('the systemd units', noSystemd))('systemd accepts the units', async () => {
    const units = ['mongoq-backup.service', 'mongoq-backup.timer'].map((name) => path.join(examples, name));
    const { exitCode, stderr } = await execa('systemd-analyze', ['verify', ...units], { reject: false });
    expect(stderr.split('\n').filter((line) => line.includes('mongoq-backup'))).toEqual([]);
    expect(exitCode).toBe(0);
  });
});

describe('the monitoring check', () => {
  const now = Math.floor(Date.now() / 1000);
  it.each([
    [String(now - 60), 0, 0, 'OK: the newest backup of rs0-a is'],
    [String(now - 4000), 0, 1, 'WARNING: '],
    [String(now - 10_000), 0, 2, 'CRITICAL: '],
    ['', 0, 2, 'CRITICAL: rs0-a has no backup'],
    ['', 1, 3, 'UNKNOWN: mongoq failed'],
  ])('of %j with exit code %s says %s', async (output, code, exitCode, text) => {
    const result = await check(output, code);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toContain(text);
  });
});
