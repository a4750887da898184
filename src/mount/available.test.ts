import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { whyNoMount, type MountSurroundings } from './available.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'mongoq-available-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());

const all = '000001ffffffffff';
/** Docker's usual rights. */
const few = '00000000a80425fb';

/** A user who has a device and all rights, but for what is given. */
function surroundings({
  uid = 1000,
  device = '/dev/null',
  effective = all,
  bound = all,
  noNew = 0,
}): MountSurroundings {
  const status = path.join(folder, 'status');
  writeFileSync(status, `Name:\tnode\nCapEff:\t${effective}\nCapBnd:\t${bound}\nNoNewPrivs:\t${noNew}\n`);
  return { uid, device, status };
}

it.each([
  ['no device', { device: '/dev/no-fuse' }, 'no /dev/fuse', 'modprobe fuse'],
  [
    'a container without the right, as root',
    { uid: 0, effective: few },
    'CAP_SYS_ADMIN',
    '--cap-add SYS_ADMIN',
  ],
  [
    'a container without the right, as a user',
    { effective: '0', bound: few },
    'CAP_SYS_ADMIN',
    '--cap-add SYS_ADMIN',
  ],
  ['a user of no_new_privs', { noNew: 1 }, 'no_new_privs', 'no-new-privileges'],
])('%s: says what is missing, what mends it, and what works without', async (_name, given, what, mend) => {
  const missing = await whyNoMount(surroundings(given));
  expect(missing?.message).toContain(what);
  expect(missing?.hint).toContain(mend);
  expect(missing?.hint).toContain('--engine builtin and --download work without a mount');
});

it('a user without fusermount is told what to install; root needs none', async () => {
  vi.stubEnv('PATH', folder);
  const missing = await whyNoMount(surroundings({}));
  expect(missing?.message).toBe('fusermount is not installed');
  expect(missing?.hint).toMatch(/^run as root: apt-get install fuse3 libfuse2;/);
  expect((await whyNoMount(surroundings({ uid: 0 })))?.message).not.toBe('fusermount is not installed');
});

it('nothing is missing where there are device, right and programs', async () => {
  writeFileSync(path.join(folder, 'fusermount3'), '', { mode: 0o755 });
  vi.stubEnv('PATH', folder);
  const missing = await whyNoMount(surroundings({ effective: '0' }));
  // Where the library is not installed, that is what is missing.
  expect(missing?.message ?? 'the FUSE library').toMatch(/^the FUSE library/);
});
