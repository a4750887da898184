import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMount } from '../../src/mount/mount.ts';
import type { ManifestFile } from '../../src/mount/filesystem.ts';

export interface Bucket {
  endpoint: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Objects of a bucket seen as files. */
export interface MountedBucket {
  /** The file of an object. */
  pathOf: (file: ManifestFile) => string;
  close: () => Promise<void>;
}

export interface MountSystem {
  name: string;
  /** Undefined where the system is not installed. */
  mount?: (bucket: Bucket, files: ManifestFile[]) => Promise<MountedBucket>;
}

/** mongoq's own mount and the peers', each with its defaults; every mount begins with empty caches. */
export const mountSystems: MountSystem[] = [
  { name: 'mongoq mount', mount: mountWithMongoq },
  peer('s3fs', 's3fs', ({ endpoint, bucket }, { where, scratch }) => [
    ...[bucket, where, '-f', '-o', `url=${endpoint}`, '-o', 'use_path_request_style', '-o', 'ro'],
    ...['-o', `passwd_file=${scratch}/passwd`],
  ]),
  peer('rclone', 'rclone', ({ bucket }, { where }) => ['mount', `link:${bucket}`, where, '--read-only']),
  peer('rclone, full cache', 'rclone', ({ bucket }, { where, scratch }) => [
    ...['mount', `link:${bucket}`, where, '--read-only', '--vfs-cache-mode', 'full'],
    ...['--cache-dir', `${scratch}/cache`],
  ]),
];

async function mountWithMongoq({ endpoint, bucket }: Bucket, files: ManifestFile[]): Promise<MountedBucket> {
  const parent = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
  const mountpoint = path.join(parent, 'mount');
  await mkdir(mountpoint);
  const store = { url: `s3://${bucket}`, options: { endpointUrl: endpoint } };
  const mounted = await startMount({ mountpoint, files, store, cache: {} });
  return {
    pathOf: (file) => path.join(mountpoint, file.path),
    close: async () => {
      await mounted.close();
      await rm(parent, { recursive: true });
    },
  };
}

function peer(
  name: string,
  program: string,
  args: (bucket: Bucket, places: { where: string; scratch: string }) => string[],
): MountSystem {
  if (spawnSync(program, ['--version']).error) return { name };
  return {
    name,
    mount: async (bucket) => {
      const scratch = await mkdtemp(path.join(tmpdir(), 'mongoq-bench-'));
      const where = path.join(scratch, 'mount');
      await mkdir(where);
      await writeFile(`${scratch}/passwd`, `${bucket.accessKeyId}:${bucket.secretAccessKey}\n`, {
        mode: 0o600,
      });
      const child = spawn(program, args(bucket, { where, scratch }), {
        stdio: 'ignore',
        env: environment(bucket),
      });
      await mounted(where, child);
      return {
        pathOf: ({ key }) => path.join(where, key),
        close: async () => {
          spawnSync('fusermount', ['-u', where]);
          if (child.exitCode === null) {
            child.kill('SIGTERM');
            await once(child, 'exit');
          }
          spawnSync('fusermount', ['-uqz', where]);
          await rm(scratch, { recursive: true });
        },
      };
    },
  };
}

function environment(bucket: Bucket): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    RCLONE_CONFIG: '/dev/null',
    RCLONE_CONFIG_LINK_TYPE: 's3',
    RCLONE_CONFIG_LINK_PROVIDER: 'Ceph',
    RCLONE_CONFIG_LINK_ENDPOINT: bucket.endpoint,
    RCLONE_CONFIG_LINK_ACCESS_KEY_ID: bucket.accessKeyId,
    RCLONE_CONFIG_LINK_SECRET_ACCESS_KEY: bucket.secretAccessKey,
  };
  // rclone takes it for the certificate of every endpoint.
  delete env['AWS_CA_BUNDLE'];
  return env;
}

async function mounted(where: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if ((await readFile('/proc/self/mounts', 'utf8')).includes(` ${where} `)) return;
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`);
    await sleep(50);
  }
  throw new Error(`${child.spawnfile} did not mount anything`);
}
