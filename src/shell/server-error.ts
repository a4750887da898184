import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/**
 * What user code threw, as it was before the driver and the wire changed its form: a fault of ours (the gateway puts its code and
 * hint into the reply) is a MongoqError again, so that it reads and ends the program as anywhere else; and a refused write,
 * which the driver takes for a server without retryable writes (code 20), is the refusal itself. Others are returned as they are.
 */
export function originalError(error: unknown): unknown {
  if (!isObject(error)) return error;
  if (isObject(error['originalError'])) return originalError(error['originalError']);
  const code = Object.values(ErrorCode).find((known) => known === error['mongoqCode']);
  if (code === undefined) return error;
  const hint = error['mongoqHint'];
  return new MongoqError(code, String(error['message']), {
    hint: typeof hint === 'string' ? hint : undefined,
    cause: error,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
