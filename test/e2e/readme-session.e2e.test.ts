import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { start } from '../support/shells.ts';
import { mongoq, sample } from '../support/mongoq.ts';
import { notHere, root, stores } from '../support/stores.ts';

/** What differs from run to run is left out: ages, addresses, what had to be fetched, where the terminal breaks lines. */
function lasting(text: string): string {
  return text
    .replace(/^(store|address) .*$/gm, '$1')
    .replace(/\d+ \w+ ago/g, '')
    .replace(/(\d\d:\d\d:\d\d) +\d+ \w+/g, '$1')
    .replace(/^session .*$/m, 'session')
    .replace(/\s+/g, '');
}

function textOf(svg: string): string {
  const text = svg.replaceAll('</text>', '\n').replace(/<[^>]*>/g, '');
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

it('the session in our README, and its picture, is what the shell shows', async () => {
  const readme = await readFile(path.join(root, 'README.md'), 'utf8');
  const [, session = ''] = /## A session\n\n```\n([^`]*)\n```/.exec(readme) ?? [];
  const inputs = session.replace(/\n (?=\{\$sort)/, ' ').match(/(?<=^.*\w> ).*/gm) ?? [];
  expect(inputs).toHaveLength(10);
  const shell = await start({ columns: 92, rows: 60 });
  let shown = `${shell.rows[0]}\n`;
  for (const input of inputs) {
    shown += `${shell.cursorLine.trimEnd()} ${input}\n`;
    shown += `${await shell.run(input)}\n`;
  }
  expect(lasting(shown)).toBe(lasting(session));
  const picture = await readFile(path.join(root, 'docs/images/session.svg'), 'utf8');
  expect(lasting(textOf(picture))).toContain(lasting(session));
});

/** The session that rocks-strata's README shows, line by line, from a pipe. */
describe('the shell', () => {
  it('answers from one backup and then from the next', async () => {
    const input = [
      'lr',
      'cr rs0-a',
      'cb 0',
      'show dbs',
      'use test',
      'db.testc.find()',
      'cb 1',
      'db.testc.find()',
      'exit',
    ].join('\n');
    const { stdout, stderr, exitCode } = await mongoq(['--store', sample], { input });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    const [before, after] = stdout.split('backup 1 of rs0-a') as [string, string];
    expect(before).toMatch(/^\s+rs0-a$/m);
    expect(before).toMatch(/^app\s+\d/m);
    expect(before).toContain("'cheetah'");
    expect(before).not.toContain("'tiger'");
    expect(after).toContain("'cheetah'");
    expect(after).toContain("'tiger'");
  });

  it('keeps variables and `use db` when the backup changes', async () => {
    const input = [
      'cr rs0-a',
      'cb 2',
      'use app',
      'a = db.users.findOne({_id: 42})',
      'cb 3',
      'b = db.users.findOne({_id: 42})',
      'print(db.getName(), a._id, b)',
    ].join('\n');
    const { stdout, exitCode } = await mongoq(['--store', sample], { input });
    expect(exitCode).toBe(0);
    expect(stdout.trim().split('\n').at(-1)).toBe('app 42 null');
  });

  it.for([
    ['test/fixtures/store', ['busy', 'rs1-b', 'rs2-c', 'rs4_e.x', 'standalone']],
    ['../shared/fixtures/store', ['busy', 'rs0-a', 'rs1-b', 'rs2-c', 'rs4_e.x', 'standalone']],
  ] as const)('lists the replicas and their backups: %s', async ([folder, replicas], { skip }) => {
    const store = stores.find((one) => one === path.join(root, folder));
    if (store === undefined) return skip(notHere);
    const { stdout } = await mongoq(['--store', store], { input: 'lr' });
    expect(stdout.trim().split(/\s+/)).toEqual(replicas);
    for (const replica of replicas) {
      const backups = await readdir(path.join(store, 'metadata', replica));
      const { stdout: table, stderr } = await mongoq(['--store', store, '-r', replica], { input: 'lb' });
      expect(stderr).toBe('');
      const rows = table.trim().split('\n').slice(1);
      expect(rows.map((row) => row.trim().split(/\s+/)[0]).sort()).toEqual(
        backups.map((name) => name.slice(0, name.lastIndexOf('_'))).sort(),
      );
    }
  });
});
