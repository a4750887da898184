import { afterEach } from 'vitest';
import { TestShell, type TestShellOptions } from './test-shell.ts';

/** The shells of the test that runs; they are stopped when it ends. */
export const shells: TestShell[] = [];

afterEach(async () => {
  for (const shell of shells.splice(0)) await shell.stop();
});

/** A shell at its first prompt. */
export async function start(options: TestShellOptions = {}): Promise<TestShell> {
  const shell = new TestShell(options);
  shells.push(shell);
  return shell.started();
}

/** A shell in the database `app` of the newest backup. */
export async function startInApp(options: TestShellOptions = {}): Promise<TestShell> {
  const shell = await start(options);
  await shell.run('cr rs0-a');
  await shell.run('cb latest');
  await shell.run('use app');
  return shell;
}
