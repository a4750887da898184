import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/cli/exit-codes.ts';
import { copyToS3 } from '../support/copy-to-s3.ts';
import { isolatedEnv, mongoq, sample } from '../support/mongoq.ts';
import { gatewayEndpoint, noGateway, useGateway } from '../support/s3.ts';

describe.skipIf(noGateway)('S3 over TLS', () => {
  let work: string;
  let server: tls.Server;
  let url: string;
  let env: Record<string, string>;
  let certificate: string;
  let [connections, resumed] = [0, 0];

  beforeAll(async () => {
    work = await mkdtemp(path.join(tmpdir(), 'mongoq-s3-tls-'));
    const variables = useGateway();
    url = await copyToS3(sample);
    certificate = path.join(work, 'cert.pem');
    const key = path.join(work, 'key.pem');
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    const pair = { cert: await readFile(certificate), key: await readFile(key) };
    const target = Number(new URL(gatewayEndpoint()).port);
    server = tls.createServer(pair, (socket) => {
      connections++;
      if (socket.isSessionReused()) resumed++;
      const inner = net.connect(target, '127.0.0.1');
      socket.pipe(inner).pipe(socket);
      for (const each of [socket, inner]) each.on('error', () => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    env = isolatedEnv({ ...variables, AWS_ENDPOINT_URL_S3: `https://localhost:${port}` });
  });

  afterAll(async () => {
    server.close();
    await rm(work, { recursive: true });
  });

  it('restores what was backed up, and resumes sessions', async () => {
    const target = path.join(work, 'restored');
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: certificate };
    const args = ['restore', '--store', url, '-r', 'rs0-a', '-i', '3', '-t', target];
    const { exitCode, stderr } = await mongoq(args, { env: trusting });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(connections).toBeGreaterThan(4);
    expect(resumed).toBeGreaterThan(0);
    const again = await mongoq(args, { env: trusting });
    expect(again.stdout).toContain('fetched 0 B');
  });

  it('refuses a server whose certificate nobody vouches for', async () => {
    const { exitCode, stderr } = await mongoq(['show', 'replica-ids', '--store', url], { env });
    expect(exitCode).toBe(ExitCode.denied);
    expect(stderr).toContain("the endpoint's certificate is not trusted");
  });
});
