import { execa } from 'execa';

/**
 * Kills `pid` when this process ends, however it ends: a shell waits for the end of its input, which only this process
 * holds open. For systems without setpriv; should the shell be killed too, the program stays. Returns what ends the watch: the number
 * of a program that has ended may become that of another.
 */
export function watchParent(pid: number): () => void {
  const watcher = execa('sh', ['-c', `cat >/dev/null; kill -9 ${pid} 2>/dev/null`], {
    stdin: 'pipe',
    stdout: 'ignore',
    stderr: 'ignore',
    detached: true,
    cleanup: false,
    reject: false,
  });
  watcher.unref();
  return () => void watcher.kill('SIGKILL');
}
