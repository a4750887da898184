import { fork } from 'node:child_process';
import { expect, it } from 'vitest';
import { MountProcess } from './mount.ts';

it('that cannot be started says so, and can be closed', async () => {
  const child = fork('mount-process.js', [], { execPath: '/nonexistent/node', serialization: 'advanced' });
  const options = {
    mountpoint: '/nonexistent/mount',
    files: [],
    store: { url: '/nonexistent/store', options: {} },
    cache: {},
  };
  const mount = new MountProcess(child, options);
  await expect(mount.start(options)).rejects.toMatchObject({
    code: 'MOUNT-002',
    message: expect.stringContaining('ENOENT') as string,
  });
  expect(mount.alive).toBe(false);
  await mount.ended;
  await mount.close();
  expect(await mount.counts()).toMatchObject({ requests: 0 });
});
