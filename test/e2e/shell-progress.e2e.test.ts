import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyToS3 } from '../support/copy-to-s3.ts';
import { startDelayProxy, type DelayProxy } from '../support/delay-proxy.ts';
import { isolatedEnv, sample } from '../support/mongoq.ts';
import { gatewayEndpoint, noGateway, useGateway } from '../support/s3.ts';
import { shells, startInApp } from '../support/shells.ts';
import { TestShell } from '../support/test-shell.ts';

describe('the line that shows progress', () => {
  it('stays away while something long is printed', async () => {
    const shell = await startInApp();
    shell.type('sleep(1000); print("#" + "begin"); print("0123456789\\n".repeat(400000)); "#" + "end"\r');
    await shell.waitFor('Ctrl-C stops');
    await shell.waitFor(() => shell.rows.includes('#end'));
    const [, printed = ''] = /#begin\r\n([^#]*)#end/.exec(shell.raw) ?? [];
    expect(printed.length).toBeGreaterThan(4e6);
    expect(printed).not.toContain('running');
  });

  it('is gone when Ctrl-Z stops the shell, and what is typed after fg waits for the prompt', async () => {
    const shell = await startInApp({ underBash: true });
    shell.type('sleep(3000); print("slept " + 1)\r');
    await shell.waitFor('Ctrl-C stops');
    shell.press('ctrl-z');
    await shell.waitFor(/Stopped/);
    expect(shell.output).not.toContain('Ctrl-C stops');
    shell.type('fg\r');
    await shell.waitFor('Ctrl-C stops');
    shell.type('print("ahead " + 2)\r');
    await shell.waitFor(/^ahead 2$/m);
    await shell.waitFor(() => shell.atPrompt);
    expect(shell.output.match(/print\("ahead/g)).toHaveLength(1);
    expect(shell.output).toMatch(/> print\("ahead " \+ 2\)$/m);
    expect(shell.output).not.toContain('Ctrl-C stops');
  });

  it('tells of the bytes that a query of a script has fetched', async () => {
    const code = ['--eval', 'db.users.find({ age: -1 }).itcount()', '--eval', 'sleep(2000)'];
    const args = ['query', '--store', sample, '-r', 'rs0-a', '-i', '4', '--db', 'app', ...code];
    const shell = new TestShell({ args });
    shells.push(shell);
    await shell.waitFor(/^running: \d\.\d s, \d+ requests, [\d.]+ .iB, [\d.]+ .iB\/s \(Ctrl-C stops\)$/m);
    expect(await shell.exited).toBe(0);
    expect(shell.output.trim()).toBe('0');
  });
});

describe.skipIf(noGateway)('of a store far away', () => {
  let proxy: DelayProxy;
  let env: Record<string, string>;
  let url: string;
  beforeAll(async () => {
    const variables = useGateway();
    const targetPort = Number(new URL(gatewayEndpoint()).port);
    proxy = await startDelayProxy({ targetPort, latencyMs: 450 });
    env = isolatedEnv({ ...variables, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${proxy.port}` });
    url = await copyToS3(sample);
  });
  afterAll(() => proxy.stop());

  it.each([
    ['verify', ['-r', 'rs0-a'], /^verify: \d+ of 33 files, [\d.]+ .*B of [\d.]+ MiB/m],
    ['show', ['backups', '-r', 'rs0-a'], /^reading the store: \d\.\d s, \d+ requests$/m],
    ['serve', ['-r', 'rs0-a', '-i', '4', '--port', '0'], /^opening backup 4: \d\.\d s, \d+ requests?, /m],
    ['doctor', [], /^looking: \d\.\d s \(Ctrl-C stops\)$/m],
  ])('%s says what it is doing', async (command, args, line) => {
    const shell = new TestShell({ args: [command, ...args, '--store', url], env, columns: 120 });
    shells.push(shell);
    await shell.waitFor(line);
    if (command === 'serve') {
      await shell.waitFor(/^listening on /m);
      process.kill(shell.pid, 'SIGTERM');
    }
    await shell.exited;
    expect(shell.output).not.toMatch(line);
  });

  it('the line shows what is fetched of a backup, and what is typed meanwhile goes to the first prompts', async () => {
    const args = ['--store', url, '-r', 'rs0-a', '-i', '4'];
    const shell = new TestShell({ args, env });
    shells.push(shell);
    await shell.waitFor('opening backup 4');
    shell.type('use app\rdb.users.findOne({ _id: 0 }).name.first\r"not ');
    await shell.waitFor(/^opening backup 4: \d\.\d s, \d+ requests, [\d.]+ K?i?B, /m);
    await shell.waitFor(() => shell.cursorLine.endsWith('app> "not'));
    shell.press('ctrl-u');
    await shell.waitFor(() => shell.atPrompt);
    expect(shell.output.split('\n').map((line) => line.replace(/^\S+ \S+ (?=rs0-a)/, ''))).toEqual([
      'rs0-a/4 test> use app',
      'switched to db app',
      'rs0-a/4 app> db.users.findOne({ _id: 0 }).name.first',
      'Quinn',
      'rs0-a/4 app>',
    ]);
  });
});
