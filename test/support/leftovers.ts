import { readdir, readFile } from 'node:fs/promises';

/**
 * What programs that were started with `isolatedEnv` have left: run directories below its home, mounts there, and processes
 * that still have its environment. Empty if nothing is left.
 */
export async function leftovers(env: Record<string, string>): Promise<string[]> {
  const home = env['HOME']!;
  const directories = (await readdir(home)).filter((name) => /^mongoq-(run|spill)-/.test(name));
  const table = await readFile('/proc/self/mountinfo', 'utf8');
  const mounts = table.split('\n').filter((line) => line.includes(` ${home}`));
  return [...directories, ...mounts, ...(await processesOf(env)).map(({ command }) => command)];
}

/** The running processes that have this environment: those that the test started, and theirs. */
export async function processesOf(
  env: Record<string, string>,
): Promise<{ pid: number; parent: number; command: string }[]> {
  const mark = `HOME=${env['HOME']!}\0`;
  const found = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (!`${environment}\0`.includes(mark)) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    const status = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    found.push({ pid: Number(name), parent, command });
  }
  return found;
}
