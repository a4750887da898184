import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { Shell } from '../../src/shell/shell.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { sample } from '../support/mongoq.ts';
import { openSession } from '../support/open-session.ts';

it('an evaluator that cannot be started does not end the shell', async () => {
  const opened = await openSession(new DirectoryStore(sample));
  const nowhere = 'mongodb://%2Fnonexistent%2Fmongoq.sock/?serverSelectionTimeoutMS=100';
  const session = new Proxy(opened.session, {
    get: (target, key) => {
      if (key === 'uri') return nowhere;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const [show, warn] = [() => undefined, () => undefined];
  const shell = new Shell({ session, interactive: false, show, say, warn });
  try {
    await shell.warmUp();
    await shell.run('cr rs0-a');
    await shell.run('cb 3');
    // Its failure is shown by what needs it, and a rejection that nobody hears would fail this test.
    await expect(shell.run('1 + 1')).rejects.toThrow(/ENOENT/);
    expect(said.at(-1)).toMatch(/^backup 3 of rs0-a/);
  } finally {
    await shell.close();
    await opened.close();
  }
});

it('code that is interrupted before it has begun is not run', async () => {
  const opened = await openSession(new DirectoryStore(sample));
  const shown: unknown[] = [];
  const shell = new Shell({
    session: opened.session,
    interactive: false,
    show: ({ printable }) => void shown.push(printable),
    say: () => undefined,
    warn: () => undefined,
  });
  try {
    // From here on only the thread that ends loops is waited for, which takes longer to start.
    await shell.warmUp();
    const interrupt = new AbortController();
    const run = shell.run('ran = 1', interrupt.signal);
    const failure = expect(run).rejects.toMatchObject({ code: ErrorCode.cancelled });
    await setTimeout(5);
    interrupt.abort();
    await failure;
    await shell.run('typeof ran');
    expect(shown).toEqual(['undefined']);
  } finally {
    await shell.close();
    await opened.close();
  }
});
