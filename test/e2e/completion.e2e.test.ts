import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolatedEnv, mongoq } from '../support/mongoq.ts';
import { TestShell } from '../support/test-shell.ts';

/** Holds the scripts, and what file names are completed from. */
let folder: string;
const env = { ...isolatedEnv(), LANG: 'C.UTF-8' };
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mongoq-completion-'));
  await Promise.all(
    ['bash', 'zsh', 'fish'].map(async (shell) => {
      const { stdout, exitCode } = await mongoq(['completion', shell]);
      expect(exitCode).toBe(0);
      await writeFile(path.join(folder, `script.${shell}`), stdout);
    }),
  );
  await mkdir(path.join(folder, 'backups-here'));
  await writeFile(path.join(folder, 'report.js'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is typed, and what it should become by Tab, without the blank or slash behind it, which zsh takes back when more is typed. */
const certain: [typed: string, becomes: string][] = [
  ['mongoq ver', 'mongoq verify'],
  ['mongoq --store s3://backups/mongo doc', 'mongoq --store s3://backups/mongo doctor'],
  ['mongoq -b show rest', 'mongoq -b show restore'],
  ['mongoq @prod show rep', 'mongoq @prod show replica-ids'],
  ['mongoq show backups --sh', 'mongoq show backups --show-size'],
  ['mongoq --engine b', 'mongoq --engine builtin'],
  ['mongoq --engine=mo', 'mongoq --engine=mongod'],
  ['mongoq serve --tls-c', 'mongoq serve --tls-cert'],
  ['mongoq completion z', 'mongoq completion zsh'],
  ['mongoq query rep', 'mongoq query report.js'],
  ['mongoq --cache-dir back', 'mongoq --cache-dir backups-here'],
  ['mongoq --store back', 'mongoq --store backups-here'],
];

/** What nothing is known for: the names of files would only mislead, and rocks-strata's names are understood but not offered. */
const nothing = ['mongoq -r ', 'mongoq restore -i back', 'mongoq serve --port ', 'mongoq --mongo-p'];

const choices: [typed: string, offered: string[]][] = [
  ['mongoq show ', ['backups', 'last-backup-time', 'replica-ids']],
  ['mongoq completion ', ['bash', 'fish', 'zsh']],
  ['mongoq --engine ', ['auto', 'builtin', 'mongod']],
  ['mongoq gc --gr', ['--grace']],
];

describe('fish completes', () => {
  async function offers(typed: string): Promise<string[]> {
    const code = `source script.fish; complete -C '${typed}'`;
    const { stdout } = await execa('fish', ['--no-config', '-c', code], {
      cwd: folder,
      env,
      extendEnv: false,
    });
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (line.split('\t')[0] ?? '').replace(/\/$/, ''));
  }

  it.each(certain)('%j to %j', async (typed, becomes) => {
    expect(await offers(typed)).toEqual([becomes.slice(typed.lastIndexOf(' ') + 1)]);
  });
  it.each(nothing)('%j to nothing', async (typed) => expect(await offers(typed)).toEqual([]));
  it.each(choices)('%j by a choice', async (typed, offered) => expect(await offers(typed)).toEqual(offered));
});

describe.each([
  ['bash', ['bash', '--norc', '--noprofile', '-i'], "bind 'set bell-style none'; source script.bash"],
  ['zsh', ['zsh', '-f', '-i'], 'unsetopt beep; autoload -Uz compinit; compinit -u -D; source script.zsh'],
] as const)('%s completes', (_name, program, setUp) => {
  let shell: TestShell;
  beforeAll(async () => {
    shell = new TestShell({ program: [...program], env, columns: 100 });
    shell.type(`cd ${folder}; ${setUp}; PS1='$ '; clear; echo re''ady\r`);
    await shell.waitFor(/^ready$/m);
    await shell.waitFor(() => shell.cursorLine.trim() === '$');
  });
  afterAll(() => shell.stop());

  /** What stands in the prompt after Tab. A second line, typed behind, tells when Tab has done its work. */
  async function completed(typed: string): Promise<string> {
    shell.type(`${typed}\t|`);
    await shell.waitFor(() => /\|$/.test(shell.cursorLine));
    const line = shell.cursorLine.slice('$ '.length, -1).replace(/[ /]*$/, '');
    await emptied();
    return line;
  }

  /** The screen is empty but for a prompt, which stands at its top then: an empty prompt alone may be there before. */
  async function emptied(): Promise<void> {
    shell.press('ctrl-u', 'ctrl-l');
    await shell.waitFor(() => shell.rows.join('').trim() === '$' && shell.rows[0]?.trim() === '$');
  }

  it.each(certain)('%j to %j', async (typed, becomes) => expect(await completed(typed)).toBe(becomes));
  it.each(nothing)('%j to nothing', async (typed) => expect(await completed(typed)).toBe(typed.trimEnd()));
  it.each(choices.slice(0, -1))('%j by a choice', async (typed, offered) => {
    shell.type(`${typed}\t\t`);
    for (const word of offered) await shell.waitFor(new RegExp(`^(?:.* )?${word}\\b`, 'm'));
    for (const file of ['report.js', 'backups-here']) expect(shell.output).not.toContain(file);
    await emptied();
  });
});
