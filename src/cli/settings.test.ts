import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readSettings } from './settings.ts';

describe('readSettings', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'mongoq-'));
    file = path.join(directory, 'config.json');
    vi.stubEnv('MONGOQ_CONFIG', file);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true });
  });

  it('takes a missing default file as no settings, but not a missing file that was named', () => {
    expect(() => readSettings()).toThrow(file);
    vi.stubEnv('MONGOQ_CONFIG', undefined);
    vi.stubEnv('XDG_CONFIG_HOME', directory);
    expect(readSettings()).toEqual({});
  });

  it('takes a default file in a place that cannot be entered as no settings, but not one that cannot be read', () => {
    vi.stubEnv('MONGOQ_CONFIG', undefined);
    vi.stubEnv('XDG_CONFIG_HOME', '/dev/null/none');
    expect(readSettings()).toEqual({});
    vi.stubEnv('XDG_CONFIG_HOME', directory);
    mkdirSync(path.join(directory, 'mongoq', 'config.json'), { recursive: true });
    expect(() => readSettings()).toThrow(/config\.json cannot be read: EISDIR/);
  });

  it('reads named stores', () => {
    const settings = {
      store: '@prod',
      stores: { prod: { url: 's3://b/p', profile: 'ops' } },
      engine: 'builtin',
    };
    writeFileSync(file, JSON.stringify(settings));
    expect(readSettings()).toEqual(settings);
  });

  it.each([
    ['{', 'is no JSON'],
    ['[]', 'needs an object for the file'],
    ['{"colour": "red"}', 'unknown setting colour'],
    ['{"engine": 1}', 'needs a string for engine'],
    ['{"stores": {"a": {"region": "x"}}}', 'has no stores.a.url'],
    ['{"stores": {"a": {"url": "x", "secret": "y"}}}', 'unknown setting stores.a.secret'],
  ])('refuses %s', (text, message) => {
    writeFileSync(file, text);
    expect(() => readSettings()).toThrow(message);
  });
});
