import { execa } from 'execa';

/** A program and its arguments that run another program in some condition, which follows as further arguments. */
export type Wrapper = readonly string[];

/** Ways into a network namespace of one's own: as root, and for users where the system lets them map themselves. */
const namespaces: readonly Wrapper[] = [
  ['unshare', '--net', '--'],
  ['unshare', '--net', '--user', '--map-current-user', '--'],
  ['unshare', '--net', '--user', '--map-root-user', '--'],
];

/**
 * The wrapper that gives a program its own network namespace, in which nobody else can reach its ports; undefined where
 * the system does not allow it. A socket in the file system is reached all the same.
 */
export function networkWrapper(): Promise<Wrapper | undefined> {
  return firstThatRuns(namespaces);
}

/**
 * The wrapper by which the kernel kills a program when its parent dies, however it dies; undefined without setpriv.
 * It is of util-linux, as unshare. The kernel's promise has no gap, where a watching process could itself be killed.
 */
export function deathWrapper(): Promise<Wrapper | undefined> {
  return firstThatRuns([['setpriv', '--pdeathsig', 'KILL', '--']]);
}

async function firstThatRuns(wrappers: readonly Wrapper[]): Promise<Wrapper | undefined> {
  for (const wrapper of wrappers) {
    const [program = '', ...args] = wrapper;
    const { exitCode } = await execa(program, [...args, 'true'], { reject: false, stdio: 'ignore' });
    if (exitCode === 0) return wrapper;
  }
  return undefined;
}
