import { describe, expect, it } from 'vitest';
import { leftovers } from '../support/leftovers.ts';
import { start, startInApp } from '../support/shells.ts';

describe('our commands', () => {
  it('have a short and a long form', async () => {
    const shell = await start();
    const both = async (short: string, long: string): Promise<string> => {
      const output = await shell.run(short);
      expect(await shell.run(long)).toBe(output);
      return output;
    };
    expect(await both('lr', 'list_replicas')).toMatch(/^ +rs0-a$/m);
    expect(await both('cr rs0-a', 'change_replica rs0-a')).toMatch(/^replica rs0-a: /);
    expect(shell.cursorLine).toBe('rs0-a>');
    const backups = await both('lb', 'list_backups');
    expect(backups.match(/^ {2}\d/gm)).toHaveLength(5);
    expect(await both('cb 2', 'change_backup 2')).toMatch(/^backup 2 of rs0-a: /);
    expect(shell.cursorLine).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d rs0-a\/2 test>$/);
    expect(await shell.run('lb')).toMatch(/^\* 2 /m);
    const help = await both('help', 'h');
    for (const name of ['list_replicas', 'change_backup', 'status', 'exit']) expect(help).toContain(name);
    for (const name of ['status', '.stats']) expect(await shell.run(name)).toMatch(/^replica +rs0-a$/m);
  });

  it.each(['cls', 'clear', 'cls()'])('%s leaves nothing on the screen but the prompt', async (line) => {
    const shell = await startInApp();
    shell.type(`${line}\r`);
    await shell.waitFor(() => /app> ?$/.test(shell.rows[0] ?? ''));
    expect(shell.rows.slice(1).join('')).toBe('');
  });

  it('take options with a blank or an equals sign', async () => {
    const shell = await start();
    await shell.run('cr rs0-a');
    const last = await shell.run('lb --last 2');
    expect(last.split('\n')).toHaveLength(3);
    expect(await shell.run('lb --last=2')).toBe(last);
  });

  it('help tells of one command, too', async () => {
    const shell = await start();
    expect(await shell.run('help lb')).toMatch(/^ {2}lb \[DATE \| --last N\] .*\n.*last N$/);
    expect(await shell.run('help list_backups')).toBe(await shell.run('help lb'));
  });

  it.each([
    ['exit', 0],
    ['quit', 0],
    ['exit 3', 3],
    ['quit()', 0],
    ['if (db.users.countDocuments() > 0) exit(3); else print(1)', 3],
  ])('%s leaves, and nothing stays behind', async (command, exitCode) => {
    const shell = await startInApp();
    await shell.run('db.users.findOne()');
    shell.type(`${command}\r`);
    expect(await shell.exited).toBe(exitCode);
    expect(await leftovers(shell.env)).toEqual([]);
  });

  it('cb goes to the newest, the oldest, by steps, and to a time', async () => {
    const shell = await start();
    await shell.run('cr rs0-a');
    const dates = (await shell.run('lb')).match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g);
    expect(await shell.run('cb latest')).toMatch(/^backup 4 /);
    expect(await shell.run('cb -1')).toMatch(/^backup 3 /);
    expect(await shell.run('cb -2')).toMatch(/^backup 1 /);
    expect(await shell.run('cb +1')).toMatch(/^backup 2 /);
    expect(await shell.run('cb first')).toMatch(/^backup 0 /);
    const date = dates?.[2] ?? '';
    expect(await shell.run(`cb ${date}`)).toMatch(
      new RegExp(`^backup 2 of rs0-a: ${date} .*\\n  the last at or before ${date}$`),
    );
    expect(shell.cursorLine).toContain('rs0-a/2 test>');
  });

  it('say what is wrong, and the shell goes on where it was', async () => {
    const shell = await startInApp();
    const place = shell.cursorLine;
    expect(await shell.run('cb 17')).toContain('replica rs0-a has no backup 17');
    expect(await shell.run('cb 2017-03-01')).toContain('replica rs0-a has no backup at or before 2017-03-01');
    expect(await shell.run('cb')).toContain('usage: cb');
    expect(await shell.run('cb yesterday')).toMatch(/DATE \[TIME\]$/);
    expect(await shell.run('cb +1')).toContain('replica rs0-a has no backup after 4');
    expect(await shell.run('cb -9')).toContain('replica rs0-a has no 9 backups before 4');
    for (const [line, usage] of [
      ['lr -x', 'usage: lr'],
      ['status now', 'usage: status'],
      ['cls all', 'usage: cls'],
      ['lb --lst 2', 'usage: lb'],
      ['help nothing', 'usage: help'],
    ] as const)
      expect(await shell.run(line)).toContain(usage);
    expect(await shell.run('cr rs0-b')).toContain('did you mean rs0-a?');
    expect(await shell.run('lt')).toContain('did you mean lr?');
    expect(shell.cursorLine).toBe(place);
  });
});

describe('queries', () => {
  it('answer from the backup that is chosen', async () => {
    const shell = await startInApp();
    expect(await shell.run('db.users.findOne({ _id: 0 }).name')).toBe("{ first: 'Quinn', last: 'Abe' }");
    const newest = await shell.run('db.users.countDocuments({})');
    await shell.run('cb first');
    const oldest = await shell.run('db.users.countDocuments({})');
    expect([newest, oldest]).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
    expect(newest).not.toBe(oldest);
  });

  it('show twenty documents, and the next twenty with it', async () => {
    const shell = await startInApp();
    const first = await shell.run('db.users.find({}, { _id: 1 }).sort({ _id: 1 })');
    expect(first).toContain('Type "it" for more');
    const second = await shell.run('it');
    const [shown, next] = [first, second].map((text) =>
      [...text.matchAll(/_id: (\d+)/g)].map(([, id]) => Number(id)),
    );
    expect(shown).toHaveLength(20);
    expect(next).toHaveLength(20);
    expect(next?.[0]).toBeGreaterThan(shown?.[19] ?? Infinity);
  });

  it('fail with the error of the server or of JavaScript', async () => {
    const shell = await startInApp();
    expect(await shell.run('nosuch.thing')).toContain('ReferenceError: nosuch is not defined');
    expect(await shell.run('db.users.find({ a: { $nosuch: 1 } })')).toContain('unknown operator: $nosuch');
    expect(await shell.run('6 * 7')).toBe('42');
  });

  it('do not write', async () => {
    const shell = await startInApp();
    expect(await shell.run('db.users.insertOne({ _id: "new" })')).toMatch(/read-only|not supported|refused/i);
    expect(await shell.run('db.users.findOne({ _id: "new" })')).toBe('null');
  });
});

describe('several lines', () => {
  it('are one input while a bracket is open', async () => {
    const shell = await startInApp();
    shell.type('[1, 2, 3].map((n) => {\r');
    await shell.waitFor(/^\.\.\.$/m);
    shell.type('return n * 111;\r})\r');
    await shell.prompted();
    expect(shell.output).toContain('[ 111, 222, 333 ]');
  });

  it('run in their order if 200 come in one chunk, as a paste', async () => {
    const shell = await startInApp();
    const lines = Array.from({ length: 200 }, (_, n) => `print('line ' + ${n} * 7)`);
    shell.paste(`${lines.join('\n')}\n`);
    shell.press('enter');
    await shell.waitFor(/^line 1393$/m);
    await shell.prompted();
    expect(shell.output.match(/^line \d+$/gm)).toEqual(lines.map((_, n) => `line ${n * 7}`));
  });

  it('run in their order if 200 come in one chunk, as from a terminal without bracketed paste', async () => {
    const shell = await startInApp();
    const lines = Array.from({ length: 200 }, (_, n) => `print('line ' + ${n} * 7)`);
    shell.type(`${lines.join('\r')}\r`);
    await shell.waitFor(/^line 1393$/m);
    await shell.waitFor(() => shell.atPrompt);
    expect(shell.output.match(/^line \d+$/gm)).toEqual(lines.map((_, n) => `line ${n * 7}`));
  });

  it('typed while a command runs go to the next prompts', async () => {
    const shell = await startInApp();
    shell.type('sleep(1500); "slept " + 1\rprint("ahead " + 2)\rprint("ahead " + 3)\r');
    await shell.waitFor(/^ahead 3$/m);
    expect(shell.output.match(/^(?:slept|ahead) \d$/gm)).toEqual(['slept 1', 'ahead 2', 'ahead 3']);
  });
});
