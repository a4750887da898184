import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

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
