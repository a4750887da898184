import { ErrorCode } from '../base/error-codes.ts';
import { messageOf, MongoqError } from '../base/errors.ts';
import { StoreFault } from './store-fault.ts';

/** What the AWS SDK throws, as far as it is used here: service errors have `$metadata`, socket errors a `code`. */
interface SdkFailure {
  name: string;
  message: string;
  code?: unknown;
  Code?: unknown;
  $metadata?: { httpStatusCode?: number };
}

interface Rule {
  code: ErrorCode;
  text: string;
  hint?: string | undefined;
}

const credentials =
  'Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the profile (AWS_PROFILE or --profile), or run `aws sso login`.';
const endpoint = 'Check the endpoint (AWS_ENDPOINT_URL_S3 or --endpoint-url), and what stands before it.';
/** Codes of servers that are asked too much, which some send with a 400. */
const throttling = /Throttl|SlowDown|TooManyRequests|LimitExceeded/;
const region =
  'Check the region (AWS_REGION or --region) and the endpoint (AWS_ENDPOINT_URL_S3 or --endpoint-url).';

/** Error codes of the S3 API: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const rules: Record<string, Rule> = {
  NoSuchKey: { code: ErrorCode.storeNotFound, text: 'does not exist' },
  NoSuchBucket: { code: ErrorCode.storeNoBucket, text: 'is in a bucket that does not exist', hint: region },
  InvalidBucketName: { code: ErrorCode.storeNoBucket, text: 'names a bucket that cannot exist' },
  PermanentRedirect: {
    code: ErrorCode.storeNoBucket,
    text: 'is in a bucket of another region',
    hint: region,
  },
  AuthorizationHeaderMalformed: {
    code: ErrorCode.storeNoBucket,
    text: 'is in a bucket of another region',
    hint: region,
  },
  IllegalLocationConstraintException: {
    code: ErrorCode.storeNoBucket,
    text: 'is in a bucket of another region',
    hint: region,
  },
  InvalidAccessKeyId: {
    code: ErrorCode.storeDenied,
    text: 'is refused: the access key is unknown',
    hint: credentials,
  },
  SignatureDoesNotMatch: {
    code: ErrorCode.storeDenied,
    text: 'is refused: the secret key is wrong',
    hint: credentials,
  },
  ExpiredToken: {
    code: ErrorCode.storeDenied,
    text: 'is refused: the session has expired',
    hint: credentials,
  },
  InvalidToken: {
    code: ErrorCode.storeDenied,
    text: 'is refused: the session token is wrong',
    hint: credentials,
  },
  RequestTimeTooSkewed: {
    code: ErrorCode.storeDenied,
    text: "is refused: this machine's clock is wrong",
    hint: 'Set the clock (it may differ from the store by 15 minutes at most).',
  },
  InvalidObjectState: {
    code: ErrorCode.storeDenied,
    text: 'is archived (Glacier) and cannot be read',
    hint: 'Restore it to a readable storage class first: `aws s3api restore-object`.',
  },
  InvalidRange: { code: ErrorCode.storeDamaged, text: 'ends before the bytes that were expected in it' },
  RequestTimeout: { code: ErrorCode.storeUnavailable, text: 'could not be sent in time' },
  BadDigest: { code: ErrorCode.storeUnavailable, text: 'arrived damaged' },
  IncompleteBody: { code: ErrorCode.storeUnavailable, text: 'arrived incomplete' },
};

const denied: Rule = {
  code: ErrorCode.storeDenied,
  text: 'is refused',
  hint: 'Check the permissions on the bucket and prefix (s3:ListBucket, s3:GetObject; s3:PutObject for backup).',
};

/** TLS failures, which no retry mends. Codes of OpenSSL as Node reports them. */
const certificateCode =
  /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|^ERR_TLS_CERT|^ERR_SSL_WRONG_VERSION_NUMBER|^EPROTO$/;

/**
 * What the SDK threw as the MongoqError that callers of a store expect, saying what happened to `name`
 * (s3://bucket/prefix/key). `condition` tells what a failed precondition (412, or 409 from a race) means here.
 */
export function fromSdk(
  error: unknown,
  name: string,
  condition: typeof ErrorCode.storeChanged | typeof ErrorCode.storeConflict,
): MongoqError {
  if (error instanceof MongoqError) return error;
  const rule = ruleFor(error, condition);
  // The raw answer hangs on it, with sockets and signed headers: nothing to print or to keep.
  if (error instanceof Error) Reflect.deleteProperty(error, '$response');
  const answered = error instanceof Error && (error as SdkFailure).$metadata?.httpStatusCode !== undefined;
  return new StoreFault(rule.code, name, { reason: rule.text, answered, hint: rule.hint, cause: error });
}

function ruleFor(error: unknown, condition: ErrorCode): Rule {
  if (!(error instanceof Error)) return { code: ErrorCode.internal, text: `failed: ${messageOf(error)}` };
  const failure: SdkFailure = error;
  const known = rules[failure.name] ?? rules[typeof failure.Code === 'string' ? failure.Code : ''];
  if (known) return known;
  if (/^(Credentials|Token)?ProviderError$/.test(failure.name)) return withoutCredentials(failure);
  const status = failure.$metadata?.httpStatusCode;
  switch (status) {
    case 404:
      return { code: ErrorCode.storeNotFound, text: 'does not exist' };
    case 301:
    case 307:
      return { code: ErrorCode.storeNoBucket, text: 'is in a bucket of another region', hint: region };
    case 401:
    case 403:
      return denied;
    case 409:
    case 412:
      return condition === ErrorCode.storeChanged
        ? { code: condition, text: 'changed while it was read' }
        : { code: condition, text: 'exists already, or was changed by somebody else' };
    case 416:
      return { code: ErrorCode.storeDamaged, text: 'ends before the bytes that were expected in it' };
    case undefined:
      return withoutAnswer(failure);
    default:
      return failed(failure, status);
  }
}

/** What a status says by itself, with what the server had to say about it. */
function failed({ name, message }: SdkFailure, status: number): Rule {
  const isNoXml = message.includes('Deserialization error');
  const said = isNoXml
    ? ['the answer is none of S3']
    : [...new Set([name, message])].filter((text) => !/^(Unknown|UnknownError|Error|)$/.test(text));
  const text = said.length === 0 ? `failed: HTTP ${status}` : `failed: ${said.join(': ')} (HTTP ${status})`;
  if (passingStatus(status) || throttling.test(name)) return { code: ErrorCode.storeUnavailable, text };
  return { code: ErrorCode.storeRefused, text, hint: endpoint };
}

/** Faults of the server, but for what it does not implement (501) and HTTP of another version (505), and what comes too soon or too often. */
function passingStatus(status: number): boolean {
  if (status >= 500) return status !== 501 && status !== 505;
  return status < 300 || status === 408 || status === 425 || status === 429;
}

/** The SDK's message says what a session lacks; where it looked everywhere it says nothing of the profile. */
function withoutCredentials({ message }: SdkFailure): Rule {
  const profile = process.env['AWS_PROFILE'];
  const everywhere = message === '' || message.startsWith('Could not load credentials from any providers');
  const where = profile === undefined ? '' : ` for the profile ${profile}`;
  return {
    code: ErrorCode.storeDenied,
    text: `cannot be asked for: no credentials were found${where}${everywhere ? '' : `: ${message}`}`,
    hint: credentials,
  };
}

/** Nothing came back: a socket, DNS, TLS or timeout error, or a refusal of the SDK to send anything. */
function withoutAnswer(failure: SdkFailure): Rule {
  const code = typeof failure.code === 'string' ? failure.code : '';
  if (certificateCode.test(code)) {
    return {
      code: ErrorCode.storeDenied,
      text: `cannot be read: the endpoint's certificate is not trusted (${failure.message})`,
      hint: 'Check http or https in the endpoint, or give the authority in NODE_EXTRA_CA_CERTS.',
    };
  }
  if (code === 'ERR_INVALID_CHAR') {
    return {
      code: ErrorCode.storeDenied,
      text: 'cannot be asked for: a key or token holds what no header can, such as the end of a line',
      hint: credentials,
    };
  }
  return {
    code: ErrorCode.storeUnavailable,
    text: `cannot be reached: ${failure.message || code || failure.name}`,
    hint:
      code === '' ? undefined : 'Check the network and the endpoint (AWS_ENDPOINT_URL_S3 or --endpoint-url).',
  };
}
