import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv } from '../support/mongoq.ts';
import { shells, start, startInApp } from '../support/shells.ts';
import { TestShell } from '../support/test-shell.ts';

/** Types, completes, and gives what then stands in the prompt. */
async function completed(shell: TestShell, text: string, expected: string): Promise<void> {
  shell.type(text);
  shell.press('tab');
  await shell.waitFor(() => shell.cursorLine.endsWith(`> ${expected}`));
  shell.press('ctrl-u', 'ctrl-c');
  await shell.waitFor('press Ctrl-C again');
}

describe('history', () => {
  it('is gone through with the arrows and searched with Ctrl-R, in the next session too', async () => {
    const env = isolatedEnv();
    const first = await start({ env });
    await first.run('print("one" + 1)');
    await first.run('print("two" + 2)');
    first.press('up', 'up', 'enter');
    await first.waitFor(() => first.output.match(/^one1$/gm)?.length === 1);
    first.press('ctrl-d');
    expect(await first.exited).toBe(0);

    const second = await start({ env });
    second.type('');
    second.press('up');
    await second.waitFor(() => second.cursorLine.endsWith('> print("one" + 1)'));
    second.press('up', 'up');
    await second.waitFor(() => second.cursorLine.endsWith('> print("one" + 1)'));
    second.press('down');
    await second.waitFor(() => second.cursorLine.endsWith('> print("two" + 2)'));
    second.press('down', 'down');
    await second.waitFor(() => second.atPrompt);
    second.press('ctrl-r');
    second.type('two');
    await second.waitFor(/\(search\) two\n/);
    second.press('enter');
    await second.waitFor(/^two2$/m);
  });
});

describe('Tab', () => {
  it('completes commands and their arguments', async () => {
    const shell = await start();
    await completed(shell, 'list_b', 'list_backups');
    await completed(shell, 'cr r', 'cr rs0-a');
    await shell.run('cr rs0-a');
    await completed(shell, 'cb la', 'cb latest');
    shell.type('cb ');
    shell.press('tab');
    await shell.waitFor(/^0 +1 +2 +3 +4 +latest +first$/m);
  });

  it('completes databases, collections and methods', async () => {
    const shell = await startInApp();
    await completed(shell, 'use donn', 'use données');
    await completed(shell, 'db.ren', 'db.renamed');
    await completed(shell, 'db.users.disti', 'db.users.distinct');
    shell.type('db.users.get');
    shell.press('tab');
    await shell.waitFor('getIndexes');
    expect(shell.output).toContain('getPlanCache');
    shell.press('ctrl-u', 'ctrl-c');
    await shell.waitFor('press Ctrl-C again');
    // Those that write lead to a refusal only.
    await completed(shell, 'db.users.dro', 'db.users.dro');
    shell.type('db.users.f');
    shell.press('tab');
    await shell.waitFor('findOne');
    expect(shell.output).not.toContain('findOneAnd');
  });
});

describe('Ctrl-C', () => {
  it('at an empty prompt leaves if it is pressed twice', async () => {
    const shell = await startInApp();
    shell.press('ctrl-c');
    await shell.waitFor('press Ctrl-C again to leave');
    expect(await shell.run('6 * 7')).toBe('42');
    shell.press('ctrl-c');
    await shell.waitFor('press Ctrl-C again to leave');
    shell.press('ctrl-c');
    expect(await shell.exited).toBe(0);
    expect(await leftovers(shell.env)).toEqual([]);
  });

  it('clears what is being typed', async () => {
    const shell = await startInApp();
    shell.type('db.users.drop(');
    await shell.waitFor('drop(');
    shell.press('ctrl-c');
    await shell.waitFor(() => shell.atPrompt);
    expect(await shell.run('6 * 7')).toBe('42');
  });

  it.each([
    ['an endless loop', 'print("go" + 1); while (true) {}'],
    [
      'a heavy query',
      'print("go" + 1); db.events.aggregate([{ $lookup: { from: "events", localField: "none", foreignField: "none", as: "x" } }, { $unwind: "$x" }, { $group: { _id: "$x.v", n: { $sum: 1 } } }])',
    ],
    ['a script of a query', 'print("go" + 1); db.users.find({ $where: "while (true) {}" }).toArray()'],
    ['a wait', 'print("go" + 1); sleep(100000)'],
  ])('stops %s, and the shell goes on', async (_name, code) => {
    const shell = await startInApp();
    shell.type(`${code}\r`);
    await shell.waitFor(/^go1$/m);
    // By now it is in the loop, which holds the event loop: no handler of a signal is called any more.
    await setTimeout(500);
    shell.press('ctrl-c');
    await shell.waitFor(/^interrupted$/m);
    await shell.prompted();
    expect(await shell.run('db.users.findOne({ _id: 0 }).name.first')).toBe('Quinn');
  });

  it('stops a loop before anything was waited for, in the same words', async () => {
    const shell = await startInApp();
    // The second one ends by another error than the first may.
    for (const [before, code] of ['for (;;) {}', 'while (true) {}'].entries()) {
      shell.type(`${code}\r`);
      await setTimeout(1000);
      shell.press('ctrl-c');
      await shell.waitFor(
        () => shell.rows.filter((row) => row.trimEnd() === 'interrupted').length === before + 1,
      );
      await shell.prompted();
    }
  });

  describe('on a store that does not answer', () => {
    let server: Server;
    let store: string[];
    const keys = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'word' };
    beforeAll(async () => {
      server = createServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const endpoint = ['--endpoint-url', `http://127.0.0.1:${port}`, '--region', 'us-east-1'];
      store = ['--store', 's3://bucket/x', ...endpoint];
    });
    afterAll(() => void server.close());

    it('stops opening a backup', async () => {
      const env = isolatedEnv(keys);
      const shell = new TestShell({ args: [...store, '-r', 'rs0-a', '-i', '4'], env });
      shells.push(shell);
      await shell.waitFor('opening backup 4');
      shell.press('ctrl-c');
      expect(await shell.exited).toBe(130);
      expect(await leftovers(env)).toEqual([]);
    });

    it('stops completing, and the input can be typed on', async () => {
      const shell = await start({ args: store, env: isolatedEnv(keys) });
      shell.type('cr ');
      shell.press('tab');
      await shell.waitFor('looking for what fits (Ctrl-C stops)');
      shell.press('ctrl-c');
      await shell.waitFor(() => !shell.output.includes('Ctrl-C stops'));
      shell.type('+ 1');
      await shell.waitFor(() => shell.cursorLine.endsWith('> cr + 1'));
      shell.press('ctrl-u');
      expect(await shell.run('6 * 7')).toBe('42');
    });
  });

  it('throws away what was typed ahead', async () => {
    const shell = await startInApp();
    shell.type('sleep(100000)\rprint("ahead " + 2)\r');
    await shell.waitFor('Ctrl-C stops');
    shell.press('ctrl-c');
    await shell.waitFor('interrupted');
    expect(await shell.run('"after " + 3')).toBe('after 3');
    expect(shell.output).not.toContain('ahead 2');
  });
});

describe('Ctrl-D', () => {
  it('leaves at an empty prompt only', async () => {
    const shell = await start();
    shell.type('lr');
    await shell.waitFor('> lr');
    shell.press('ctrl-d', 'ctrl-u', 'ctrl-d');
    expect(await shell.exited).toBe(0);
    expect(await leftovers(shell.env)).toEqual([]);
  });
});
