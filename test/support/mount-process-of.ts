import * as fs from 'node:fs/promises';

/** The number of the mount process that a process has started. */
export async function mountProcessOf(pid: number): Promise<number> {
  const processes = (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const name of processes) {
    const status = await fs.readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const line = await fs.readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent === pid && line.includes('mount-process')) return Number(name);
  }
  throw new Error(`no mount process of ${pid}`);
}
