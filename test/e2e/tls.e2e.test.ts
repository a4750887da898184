import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridge } from '../../src/gateway/bridge.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import { FakeEngine } from '../support/fake-engine.ts';
import { mustSkip } from '../support/skip-reason.ts';

describe.skipIf(mustSkip('TLS', whyNoOpenssl()))('TLS', () => {
  let directory: string;
  let ca: Buffer;
  let gateway: Gateway;

  beforeAll(async () => {
    directory = await fs.mkdtemp(path.join(tmpdir(), 'mongoq-tls-test-'));
    const file = (name: string): string => path.join(directory, name);
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      file('key.pem'),
    ];
    execFileSync('openssl', ['req', '-x509', ...key, '-out', file('cert.pem'), '-days', '2', ...subject], {
      stdio: 'ignore',
    });
    ca = await fs.readFile(file('cert.pem'));
    gateway = await startGateway({
      engine: new FakeEngine({ 'app.users': [{ _id: 1 }] }),
      listen: { host: '127.0.0.1', port: 0 },
      auth: { user: 'u', password: 'p' },
      tls: { cert: ca, key: await fs.readFile(file('key.pem')) },
    });
  });

  afterAll(async () => {
    await gateway.close();
    await fs.rm(directory, { recursive: true });
  });

  const auth = { username: 'u', password: 'p' };

  it('is what the gateway speaks when it has a certificate', async () => {
    await using client = new MongoClient(gateway.uri, { auth, tlsCAFile: path.join(directory, 'cert.pem') });
    expect(await client.db('app').collection('users').find().toArray()).toEqual([{ _id: 1 }]);
  });

  it('is needed then', async () => {
    const plain = gateway.uri.replace('?tls=true', '');
    await using client = new MongoClient(plain, { auth, serverSelectionTimeoutMS: 1000 });
    await expect(client.connect()).rejects.toThrow();
  });

  it('reaches a server through the bridge, if its certificate is trusted', async () => {
    const port = Number(new URL(gateway.uri.replace('mongodb', 'http')).port);
    const upstream = { host: 'localhost', port };
    const socketPath = path.join(directory, 's.sock');
    const bridge = await startBridge({ upstream: { ...upstream, tls: { ca } }, listen: { socketPath } });
    const client = new MongoClient(bridge.uri, { auth, directConnection: true });
    expect(await client.db('app').collection('users').find().toArray()).toEqual([{ _id: 1 }]);
    await client.close();
    await bridge.close();
    const untrusted = startBridge({ upstream: { ...upstream, tls: {} }, listen: { socketPath } });
    await expect(untrusted).rejects.toMatchObject({ code: 'OP-003' });
  });
});

function whyNoOpenssl(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'openssl is not installed';
  }
}
