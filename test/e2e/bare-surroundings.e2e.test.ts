import { describe, expect, it } from 'vitest';
import { leftovers } from '../support/leftovers.ts';
import { isolatedEnv, mongoq, sampleBackup } from '../support/mongoq.ts';
import { start } from '../support/shells.ts';

/** As in a container that has next to nothing: no terminal, and what is named here. */
describe('a query', () => {
  const query = ['query', ...sampleBackup, '--db', 'app'];
  const count = ['--eval', 'db.users.countDocuments()'];
  const nowhere = '/dev/null/none';

  it.each<[string, Record<string, string>]>([
    ['a home that cannot be written', { HOME: nowhere }],
    ['an empty HOME', { HOME: '' }],
    [
      'nowhere to keep blocks, history and settings',
      { XDG_CACHE_HOME: nowhere, XDG_STATE_HOME: nowhere, XDG_CONFIG_HOME: nowhere },
    ],
    ['a runtime directory that is not there', { XDG_RUNTIME_DIR: nowhere }],
    ['no PATH', { PATH: '' }],
  ])('answers with %s', async (_name, given) => {
    const { PATH = '', HOME = '', TMPDIR = '' } = isolatedEnv();
    const env = { PATH, HOME, TMPDIR, ...given };
    const { stdout, stderr, exitCode } = await mongoq([...query, ...count], { env });
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '1498', stderr: '', exitCode: 0 });
    expect(await leftovers({ HOME })).toEqual([]);
  });

  it('answers with no environment at all', async () => {
    const { stdout, stderr, exitCode } = await mongoq([...query, '--no-cache', ...count], { env: {} });
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '1498', stderr: '', exitCode: 0 });
  });

  it.skipIf(process.getuid?.() !== 0).each<[string, Record<string, string>]>([
    ['whom the system does not know', {}],
    ['in the home of somebody else', { HOME: '/root' }],
  ])('answers a user %s', async (_name, env) => {
    const { stdout, stderr, exitCode } = await mongoq([...query, ...count], { env, uid: 54_321 });
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '1498', stderr: '', exitCode: 0 });
  });
});

it('the shell says once that the history cannot be kept', async () => {
  const shell = await start({ env: isolatedEnv({ XDG_STATE_HOME: '/dev/null/none' }) });
  await shell.run('"first " + 1');
  await shell.run('lr');
  expect(shell.raw.match(/the history is not kept: /g)).toHaveLength(1);
  shell.type('');
  shell.press('up', 'up');
  await shell.waitFor(() => shell.cursorLine.endsWith('> "first " + 1'));
});
