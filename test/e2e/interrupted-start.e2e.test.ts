import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ErrorCode } from '../../src/base/error-codes.ts';
import { Shell } from '../../src/shell/shell.ts';
import { DirectoryStore } from '../../src/store/directory.ts';
import { sample } from '../support/mongoq.ts';
import { openSession } from '../support/open-session.ts';

it('code that is interrupted before it has begun is not run', async () => {
  const opened = await openSession(new DirectoryStore(sample));
  const shown: unknown[] = [];
  const shell = new Shell({
    session: opened.session,
    interactive: false,
    show: ({ printable }) => void shown.push(printable),
    say: () => undefined,
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
