import { randomBytes } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { inject } from 'vitest';
import type {} from './radosgw.ts';

const gateway = inject('gateway');

/** Why tests on S3 cannot run here, or undefined: `describe.skipIf(noGateway)(...)`. */
export const noGateway = 'skip' in gateway ? gateway.skip : undefined;

/** The endpoint of the gateway that all end-to-end tests share; throws where there is none. */
export function gatewayEndpoint(): string {
  return runningGateway().endpoint;
}

/**
 * Makes this process find the gateway and its credentials as the AWS SDKs do, by the environment. Returns the same
 * variables, for child processes.
 */
export function useGateway(): Record<string, string> {
  const { endpoint, accessKeyId, secretAccessKey, region } = runningGateway();
  const variables = {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  Object.assign(process.env, variables);
  return variables;
}

/** A plain client of the gateway, for what a store does not do. */
export function gatewayClient(): S3Client {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { endpoint, accessKeyId, secretAccessKey, region } = runningGateway();
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
}

/** Makes a bucket of a new name on the gateway; every test has its own. */
export async function newBucket(): Promise<string> {
  const bucket = `test-${randomBytes(8).toString('hex')}`;
  const client = gatewayClient();
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
  return bucket;
}

function runningGateway(): Exclude<typeof gateway, { skip: string }> {
  if ('skip' in gateway) throw new Error(gateway.skip);
  return gateway;
}
