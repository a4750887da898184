import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { watchParent } from './watch-parent.ts';

/** Whether a process of ours waits to kill `pid`. */
async function isWatched(pid: number): Promise<boolean> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    processes.map((one) => readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.some((line) => line.includes(`kill -9 ${pid} `));
}

it('watches until it is told that the program has ended, whose number another one may get', async () => {
  const program = spawn('sleep', ['60']);
  const pid = program.pid!;
  const end = watchParent(pid);
  await expect.poll(() => isWatched(pid)).toBe(true);
  end();
  await expect.poll(() => isWatched(pid)).toBe(false);
  expect(program.exitCode).toBeNull();
  program.kill();
  await once(program, 'exit');
});
