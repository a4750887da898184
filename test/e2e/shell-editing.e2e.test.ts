import { describe, expect, it } from 'vitest';
import { isolatedEnv } from '../support/mongoq.ts';
import { start, startInApp } from '../support/shells.ts';
import { type TestShell } from '../support/test-shell.ts';

describe('.editor', () => {
  async function edit(shell: TestShell, text: string): Promise<void> {
    shell.type('.editor\r');
    await shell.waitFor('Ctrl-D runs what you type');
    shell.type(text);
  }

  it('runs several lines as one program, whose last value is the answer', async () => {
    const shell = await startInApp();
    await edit(shell, 'function twice(a) {\r  return a * 2;\r}\rtwice(1)\rtwice(21)');
    await shell.waitFor(/^twice\(21\)$/m);
    // What is copied from the screen can be pasted.
    expect(shell.output).toMatch(/^function twice\(a\) \{\n {2}return a \* 2;\n\}\n/m);
    shell.press('ctrl-d');
    await shell.waitFor(/^42$/m);
    await shell.prompted();
    expect(shell.output).not.toMatch(/^2$/m);
    // One entry of the history.
    shell.press('up');
    await shell.waitFor('twice(21)');
  });

  it('takes commands as well', async () => {
    const shell = await startInApp();
    await edit(shell, 'use files\rshow collections');
    shell.press('ctrl-d');
    await shell.waitFor(/^fs\.chunks$/m);
    await shell.prompted();
    expect(shell.cursorLine).toContain(' files>');
  });

  it('is given up by Ctrl-C, and shows what is wrong', async () => {
    const shell = await startInApp();
    await edit(shell, 'print("never " + 1)\r');
    shell.press('ctrl-c');
    await shell.prompted();
    expect(shell.output).not.toContain('never 1');
    await edit(shell, 'f(\r');
    shell.press('ctrl-d');
    await shell.waitFor('SyntaxError');
    expect(await shell.run('6 * 7')).toBe('42');
  });
});

describe('keys of the terminal', () => {
  it('Ctrl-L clears the screen and keeps the input', async () => {
    const shell = await startInApp();
    await shell.run('print("above " + 1)');
    shell.type('6 * ');
    shell.press('ctrl-l');
    await shell.waitFor(() => (shell.rows[0] ?? '').endsWith('app> 6 *'));
    expect(shell.rows.slice(1).join('')).toBe('');
    shell.type('7\r');
    await shell.waitFor(/^42$/m);
  });

  it('Ctrl-Z stops the shell, fg goes on with the input', async () => {
    const shell = await startInApp({ underBash: true });
    shell.type('6 * ');
    await shell.waitFor('> 6 *');
    shell.type('\x1a');
    await shell.waitFor(/Stopped/);
    shell.type('echo between $((1 + 1))\r');
    await shell.waitFor(/^between 2$/m);
    shell.type('fg\r');
    await shell.waitFor(() => shell.cursorLine.endsWith('app> 6 *'));
    shell.type('7\r');
    await shell.waitFor(/^42$/m);
  });

  it('Ctrl-Z while a command runs stops it, fg goes on with it', async () => {
    const shell = await startInApp({ underBash: true });
    shell.type('sleep(3000); print("slept " + 1)\r');
    await shell.waitFor('Ctrl-C stops');
    shell.type('\x1a');
    await shell.waitFor(/Stopped/);
    shell.type('fg\r');
    await shell.waitFor(/^slept 1$/m);
    await shell.waitFor(() => shell.atPrompt);
    expect(await shell.run('6 * 7')).toBe('42');
  });

  it('Ctrl-Z does nothing where nobody could continue the shell', async () => {
    const shell = await startInApp();
    shell.type('6 * ');
    shell.press('ctrl-z');
    shell.type('7\r');
    await shell.waitFor(/^42$/m);
  });
});

it('draws the prompt in an environment that looks like that of a build', async () => {
  const shell = await start({ env: isolatedEnv({ CI: 'true' }) });
  shell.type('db.us');
  await shell.waitFor(() => shell.cursorLine === 'mongoq> db.us');
});

describe('wide and joined characters', () => {
  it('are edited in the middle of a text of several rows', async () => {
    const shell = await startInApp({ columns: 40 });
    const family = '👨‍👩‍👧‍👦';
    shell.type(`x = "日本語のテスト日本語のテスト${family}e\u0301 naïve ${family}👩🏽‍💻 end"`);
    await shell.waitFor('💻 end');
    shell.press('home');
    // Before the second sign in the quotes; then after the first family.
    for (let step = 0; step < 6; step++) shell.press('right');
    shell.type('中');
    for (let step = 0; step < 14; step++) shell.press('right');
    shell.type('Z');
    await shell.waitFor(() => shell.rows.join('\n').includes('Z'));
    // Nothing of earlier frames is left: one prompt on the screen, one beginning of the text.
    expect(shell.rows.filter((row) => row.includes('x = "'))).toHaveLength(1);
    expect(shell.rows.filter((row) => row.includes('💻'))).toHaveLength(1);
    shell.press('enter');
    await shell.prompted();
    expect(
      await shell.run(`x === "日中本語のテスト日本語のテスト${family}Ze\u0301 naïve ${family}👩🏽‍💻 end"`),
    ).toBe('true');
  });

  it('stand in aligned columns', async () => {
    const shell = await startInApp();
    const listed = (await shell.run('show dbs')).split('\n');
    const unit = listed.map((line) => line.indexOf('iB'));
    expect(new Set(unit).size).toBe(1);
  });
});

describe('Tab', () => {
  it('offers the fields that results have shown, before anything is typed', async () => {
    const shell = await startInApp();
    await shell.run('db.orders.findOne()');
    shell.type('db.orders.find({');
    shell.press('tab');
    await shell.waitFor(/^_id /m);
    expect(shell.output).toMatch(/\bstatus\b/);
  });

  it('shows more than the screen holds in parts', async () => {
    const shell = await startInApp({ rows: 12 });
    shell.type('db.users.');
    shell.press('tab');
    await shell.waitFor(/^1 to \d+ of \d+, Tab shows more$/m);
    const [, last = '', all = ''] = /^1 to (\d+) of (\d+)/m.exec(shell.output) ?? [];
    expect(Number(last)).toBeLessThan(Number(all));
    shell.press('tab');
    await shell.waitFor(`${Number(last) + 1} to `);
    shell.type('countD');
    shell.press('tab');
    await shell.waitFor(() => shell.cursorLine.endsWith('db.users.countDocuments'));
  });
});

it('help fits a terminal of 80 columns', async () => {
  const shell = await start();
  for (const line of (await shell.run('help')).split('\n')) expect(line.length).toBeLessThan(80);
  await shell.run('cr rs0-a');
  await shell.run('cb latest');
  const lines = (await shell.run('db.users.help()')).split('\n');
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.filter((line) => line.length > 79 && !line.includes('https://'))).toEqual([]);
});
