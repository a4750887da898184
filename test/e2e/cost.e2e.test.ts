import { beforeAll, describe, expect, it } from 'vitest';
import { copyToS3 } from '../support/copy-to-s3.ts';
import { startDelayProxy } from '../support/delay-proxy.ts';
import { isolatedEnv, mongoq } from '../support/mongoq.ts';
import { gatewayEndpoint, noGateway, useGateway } from '../support/s3.ts';
import { notHere, storeOf } from '../support/stores.ts';

/** What one document by its _id costs at most, from a bucket name to the answer, whatever the backup's size. */
const most = { requests: 40, bytes: 1_000_000 };

describe.skipIf(noGateway)('opening a backup on S3 and reading one document by its _id', () => {
  let variables: Record<string, string>;
  beforeAll(() => {
    variables = useGateway();
  });

  it.for([
    ['rs0-a', '3', 43],
    // 28 MB.
    ['bench', '1', 42],
  ] as const)('%s backup %s', async ([replica, backup, id], { skip }) => {
    const folder = storeOf(replica, backup);
    if (folder === undefined) return skip(notHere);
    const url = await copyToS3(folder);
    const proxy = await startDelayProxy({ targetPort: Number(new URL(gatewayEndpoint()).port) });
    const env = isolatedEnv({ ...variables, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${proxy.port}` });
    const code = ['--eval', `db.users.findOne({_id: ${id}})._id`, '--eval', 'status'];
    const args = ['query', '--store', url, '-r', replica, '-i', backup, '--db', 'app', ...code];
    const { stdout, stderr, exitCode } = await mongoq(args, { env });
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toMatch(new RegExp(`^${id}$`, 'm'));
    const { requests, bytesDown } = proxy.counts;
    expect(requests).toBeLessThan(most.requests);
    expect(bytesDown).toBeLessThan(most.bytes);
    // What `status` says: listings and metadata too.
    const [, shown] = /^session +(\d+) /m.exec(stdout) ?? [];
    expect(Number(shown)).toBe(requests);
    await proxy.stop();
  });
});
