import { describe, expect, it } from 'vitest';
import { mongoq, sample } from '../support/mongoq.ts';

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
});
