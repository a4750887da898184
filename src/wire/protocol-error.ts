import { ErrorCode } from '../base/error-codes.ts';
import { MongoqError } from '../base/errors.ts';

/** The error for bytes from a peer that are not the wire protocol; the connection they came on is of no more use. */
export function protocolError(what: string, cause?: unknown): MongoqError {
  return new MongoqError(ErrorCode.gatewayProtocol, `not the MongoDB wire protocol: ${what}`, { cause });
}
