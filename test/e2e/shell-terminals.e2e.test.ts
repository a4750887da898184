import path from 'node:path';
import { execa } from 'execa';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, root, sample } from '../support/mongoq.ts';
import { TestShell, type TestShellOptions } from '../support/test-shell.ts';

const shells: TestShell[] = [];

async function start(options: TestShellOptions = {}): Promise<TestShell> {
  const shell = new TestShell(options);
  shells.push(shell);
  return shell.started();
}

afterEach(async () => {
  const ended = shells.splice(0);
  for (const shell of ended) await shell.stop();
});

const colour = /\x1b\[[0-9;]*m/;

describe('the size of the terminal', () => {
  it.each([
    [80, 24],
    [200, 60],
  ])('%i x %i: the list of backups keeps one row each', async (columns, rows) => {
    const shell = await start({ columns, rows });
    await shell.run('cr rs0-a');
    const listed = (await shell.run('lb')).split('\n');
    expect(listed).toHaveLength(6);
    expect(shell.rows.filter((row) => /^ {2}\d {3}\d{4}-/.test(row))).toHaveLength(5);
    for (const row of listed) expect(row.length).toBeLessThan(columns);
  });

  it('may be as small as 40 x 12: lists lose columns, texts are broken between words', async () => {
    const shell = await start({ columns: 40, rows: 12 });
    const line = /^.{0,40}$/;
    for (const command of ['cr rs0-a', 'lb', 'cb 2026-11-22', 'help', 'help cb']) {
      for (const row of (await shell.run(command)).split('\n')) expect(row).toMatch(line);
    }
    expect(await shell.run('lb')).toMatch(/^ {2}ID {2}date +age +files\n/);
    const status = await shell.run('status');
    expect(status).toMatch(/^ +last command +session\nrequests +\d+ +\d+\nfetched /m);
    expect(status).toMatch(/^waited +[\d.]+ s +[\d.]+ s$/m);
  });

  it('may be untold, as on a serial line', async () => {
    const shell = await start({ underBash: true, first: 'stty cols 0 rows 0' });
    await shell.run('cr rs0-a');
    expect((await shell.run('lb')).split('\n')).toHaveLength(6);
    shell.type('list_');
    shell.press('tab');
    await shell.waitFor(/^list_replicas +list_backups$/m);
  });

  it('may change while an input is typed, which stays whole', async () => {
    const shell = await start();
    const words = Array.from({ length: 12 }, (_, n) => `word${n}`).join(' ');
    shell.type(`"${words}"`);
    await shell.waitFor(() => shell.output.replaceAll('\n', '').includes('word11"'));
    shell.resize(40, 24);
    await shell.waitFor(
      () => shell.rows.every((row) => row.length <= 40) && shell.rows.join('').includes('word11"'),
    );
    shell.resize(120, 30);
    await shell.waitFor(() => shell.rows.some((row) => row.endsWith(`> "${words}"`)));
    expect(shell.rows.filter((row) => row.includes('word0 '))).toHaveLength(1);
    shell.press('enter');
    await shell.waitFor(() => shell.rows.includes(words) || shell.output.includes('no replica'));
  });
});

describe('the kind of terminal', () => {
  it('may be tmux, whose scrollback gets nothing that was erased', async () => {
    const env = isolatedEnv({ TERM: 'xterm-256color', LANG: 'C.UTF-8' });
    const tmux = async (...args: string[]): Promise<string> =>
      (await execa('tmux', ['-L', 'mongoq', ...args], { env, extendEnv: false })).stdout;
    const capture = async (): Promise<string> => (await tmux('capture-pane', '-p', '-S', '-')).trimEnd();
    const main = path.join(root, 'dist/cli/main.js');
    await tmux('new-session', '-d', '-x', '80', '-y', '24', process.execPath, main, '--store', sample);
    const hint = 'help lists the commands, lr the replicas';
    try {
      await vi.waitFor(async () => expect(await capture()).toBe(`${hint}\nmongoq>`), 30_000);
      await tmux('send-keys', 'lr', 'Enter');
      const shown = `${hint}\nmongoq> lr\n   rs0-a\nmongoq>`;
      await vi.waitFor(async () => expect(await capture()).toBe(shown), 10_000);
    } finally {
      await tmux('kill-server');
    }
  });

  it('gets colours', async () => {
    const shell = await start();
    await shell.run('6 * 7');
    expect(shell.raw).toMatch(/\x1b\[32m/);
  });

  it('gets none with NO_COLOR', async () => {
    const shell = await start({ env: isolatedEnv({ NO_COLOR: '1' }) });
    await shell.run('cr rs0-a');
    await shell.run('cb 4');
    await shell.run('db.getSiblingDB("app").users.findOne()');
    expect(await shell.run('nosuch')).toContain('nosuch is not defined');
    expect(shell.raw).not.toMatch(colour);
  });

  it('gets no escape sequence at all if it is dumb', async () => {
    const shell = await start({ terminal: 'dumb' });
    await shell.run('cr rs0-a');
    await shell.run('cb 4');
    expect(shell.cursorLine).toBe('rs0-a/4 test>');
    expect(await shell.run('[1, 2].map((n) => n * 21)')).toBe('[ 21, 42 ]');
    expect(await shell.run('nosuch')).toContain('nosuch is not defined');
    expect(shell.raw).not.toContain('\x1b');
    shell.press('ctrl-d');
    expect(await shell.exited).toBe(0);
    expect(await leftovers(shell.env)).toEqual([]);
  });

  it('is stopped by Ctrl-C if it is dumb, too', async () => {
    const shell = await start({ terminal: 'dumb' });
    await shell.run('cr rs0-a');
    await shell.run('cb 4');
    shell.type('print("go" + 1); sleep(100000)\r');
    await shell.waitFor(/^go1$/m);
    shell.press('ctrl-c');
    await shell.waitFor('interrupted');
    await shell.waitFor(() => shell.atPrompt);
    expect(await shell.run('6 * 7')).toBe('42');
    shell.press('ctrl-c');
    await shell.waitFor('press Ctrl-C again');
    shell.press('ctrl-c');
    expect(await shell.exited).toBe(0);
  });

  it.each([{ LANG: 'C' }, { LC_ALL: 'POSIX' }])('may have no UTF-8 locale: %o', async (locale) => {
    const shell = await start({ env: isolatedEnv(locale) });
    await shell.run('cr rs0-a');
    await shell.run('cb 4');
    await shell.run('use données');
    expect(shell.cursorLine).toContain('rs0-a/4 données>');
    expect(await shell.run('"é" + "😀".length')).toBe('é2');
  });
});
