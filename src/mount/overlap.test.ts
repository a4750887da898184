import { expect, it } from 'vitest';
import { refuseOverlap } from './overlap.ts';

it.each([
  ['/nowhere/store', '/nowhere/store'],
  ['/nowhere/store/mount', '/nowhere/store'],
  ['/nowhere', '/nowhere/store'],
  ['/nowhere/store/../store/mount', '/nowhere/store'],
])('a mount at %s is refused beside %s', async (mountpoint, directory) => {
  await expect(refuseOverlap(mountpoint, [directory])).rejects.toMatchObject({ code: 'MOUNT-001' });
});

it.each([
  ['/nowhere/store-mount', '/nowhere/store'],
  ['/nowhere/..mount', '/nowhere/..store'],
])('a mount at %s is fine beside %s', async (mountpoint, directory) => {
  await expect(refuseOverlap(mountpoint, [directory])).resolves.toBeUndefined();
});
