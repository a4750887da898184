import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

/** An S3 server for the end-to-end tests, or why there is none. */
export type TestGateway =
  { endpoint: string; accessKeyId: string; secretAccessKey: string; region: string } | { skip: string };

declare module 'vitest' {
  export interface ProvidedContext {
    gateway: TestGateway;
  }
}

const script = path.join(import.meta.dirname, '../../scripts/radosgw');

/**
 * Vitest's global set-up of the e2e project: one Ceph RADOS gateway for all test files (see s3.ts beside this file for
 * using it). MONGOQ_TEST_S3=http://host:port uses a running server instead, with the credentials of the environment.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const running = process.env['MONGOQ_TEST_S3'];
  if (running) {
    project.provide('gateway', {
      endpoint: running,
      accessKeyId: process.env['AWS_ACCESS_KEY_ID'] ?? 'AK',
      secretAccessKey: process.env['AWS_SECRET_ACCESS_KEY'] ?? 'SK',
      region: process.env['AWS_REGION'] ?? 'us-east-1',
    });
    return () => undefined;
  }
  if (!isInstalled()) {
    const skip = "Ceph's S3 gateway is not installed: run `scripts/radosgw install` as root";
    if (process.env['MONGOQ_TEST_DISALLOW_SKIP']) throw new Error(skip);
    console.warn(`The tests on S3 are skipped. ${skip}`);
    project.provide('gateway', { skip });
    return () => undefined;
  }
  const { stop, ...gateway } = await startRadosgw();
  project.provide('gateway', gateway);
  return stop;
}

/** Starts a gateway of one's own with its data in memory; `stop` ends it and removes everything. Throws if it is not installed. */
export async function startRadosgw(): Promise<Exclude<TestGateway, { skip: string }> & { stop: () => void }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'mongoq-rgw-'));
  const stop = () => {
    execFileSync(script, ['down', directory], { stdio: 'inherit' });
    rmSync(directory, { recursive: true, force: true });
  };
  const [port, monPort] = await Promise.all([freePort(), freePort()]);
  const credentials = { accessKeyId: 'test-access', secretAccessKey: 'test-secret' };
  try {
    execFileSync(script, ['up', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        RGW_PORT: String(port),
        RGW_MON_PORT: String(monPort),
        RGW_KEY: credentials.accessKeyId,
        RGW_SECRET: credentials.secretAccessKey,
      },
    });
  } catch (error) {
    stop();
    throw error;
  }
  return { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', ...credentials, stop };
}

function isInstalled(): boolean {
  try {
    execFileSync(script, ['installed'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A port that was free just now, outside the range that outgoing connections take theirs from. */
async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    const wanted = 20_000 + Math.floor(Math.random() * 10_000);
    const port = await new Promise<number>((resolve) => {
      server.once('error', () => resolve(0));
      server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
    await new Promise((resolve) => server.close(resolve));
    if (port) return port;
  }
}
