import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Programs that take a mount away, in order: FUSE's own works for every user, umount for root. */
const programs: [string, string[]][] = [
  ['fusermount3', ['-uz']],
  ['fusermount', ['-uz']],
  ['umount', ['-l']],
];

/**
 * Takes the mount away, at once for new users and for those with open files when they close them. Does nothing if
 * nothing is mounted there; rejects if no program could do it.
 */
export async function unmount(mountpoint: string): Promise<void> {
  for (const [program, options] of programs) {
    if (!(await isMounted(mountpoint))) return;
    await run(program, [...options, mountpoint]).catch(() => undefined);
  }
  if (await isMounted(mountpoint)) throw new Error(`${mountpoint} could not be unmounted`);
}

/** Whether something is mounted exactly there. Asks the kernel's table, since asking a dead mount fails or hangs. */
export async function isMounted(mountpoint: string): Promise<boolean> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return table.split('\n').some((line) => unescapeOctal(line.split(' ')[4] ?? '') === mountpoint);
}

/** The table writes space, tab, newline and backslash as \ooo. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
