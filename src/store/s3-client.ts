import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';
import { HttpHandler } from './http/handler.ts';
import { S3Client } from './sdk.ts';

/** How to reach S3; what is left out comes from the environment and ~/.aws, as the AWS SDKs define it. */
export interface S3Settings {
  endpointUrl?: string | undefined;
  region?: string | undefined;
  profile?: string | undefined;
}

const ignore = (): void => undefined;
/**
 * The SDK would print some warnings on the terminal. Where there is no `info`, it does not go through each request and
 * answer to make them fit to be logged.
 */
const silent = { debug: ignore, warn: ignore, error: ignore } as unknown as NonNullable<
  S3ClientConfig['logger']
>;

/**
 * A client of the S3 at AWS or at any other endpoint. Credentials are looked for when the first request is made.
 * `endpoint` is the other endpoint. Throws settings if that is no http or https URL.
 */
export async function createS3Client(
  settings: S3Settings,
): Promise<{ client: S3Client; endpoint: string | undefined }> {
  // A note of the SDK to developers about its future, which would be printed over the user's prompt.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  // A profile's own endpoint is found by this variable only; child processes need it as well.
  if (settings.profile !== undefined) process.env['AWS_PROFILE'] = settings.profile;
  const common: S3ClientConfig = settings.profile === undefined ? {} : { profile: settings.profile };
  const found = new S3Client(common);
  const endpoint = settings.endpointUrl ?? (await found.config.serviceConfiguredEndpoint?.());
  if (endpoint !== undefined) checkEndpoint(endpoint);
  // Servers other than AWS take any region, and a bucket of another region at AWS answers with a redirect.
  const region = settings.region ?? (await found.config.region().catch(() => 'us-east-1'));
  found.destroy();
  const client = new S3Client({
    ...common,
    region,
    // Elsewhere than at AWS a name of its own for each bucket is rarely set up.
    ...(endpoint === undefined ? { followRegionRedirects: true } : { endpoint, forcePathStyle: true }),
    // retry.ts does it, with resumption.
    maxAttempts: 1,
    // The default adds checksums as trailers of chunked bodies, which Ceph refuses (MissingContentLength).
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // It costs a round trip on every large put, and Ceph hangs up on some of them.
    expectContinueHeader: false,
    logger: silent,
    requestHandler: new HttpHandler({ connectMs: 5000, idleMs: 60_000 }),
  });
  return { client, endpoint };
}

function checkEndpoint(endpoint: string): void {
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return;
  throw new MongoqError(ErrorCode.settings, `the endpoint ${endpoint} is not a URL of http or https`, {
    hint: 'give --endpoint-url or AWS_ENDPOINT_URL_S3 in the form https://s3.example.com',
  });
}
