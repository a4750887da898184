import { ErrorCode } from '../base/error-codes.ts';
import { isAbort, isMongoqError } from '../base/errors.ts';

/** Exit codes. They are documented in docs/commands.md and do not change. */
export const ExitCode = {
  ok: 0,
  /** Something failed. */
  error: 1,
  /** The command line or a setting is wrong; nothing was done. */
  usage: 2,
  /** Damage was found. */
  damaged: 3,
  /** No such store, replica or backup. */
  notFound: 10,
  /** Another writer is at work. */
  busy: 11,
  /** Access was refused. */
  denied: 12,
  /** Cancelled by the user. */
  cancelled: 130,
  /** Whoever read the output has gone; 128 and the number of SIGPIPE, as of programs that this signal ends. */
  noReader: 141,
} as const;

const codes: Partial<Record<ErrorCode, number>> = {
  [ErrorCode.usage]: ExitCode.usage,
  [ErrorCode.settings]: ExitCode.usage,
  [ErrorCode.storeUrl]: ExitCode.usage,
  [ErrorCode.catalogReplicaId]: ExitCode.usage,
  [ErrorCode.engineDamaged]: ExitCode.damaged,
  [ErrorCode.engineMissingFile]: ExitCode.damaged,
  [ErrorCode.storeDamaged]: ExitCode.damaged,
  [ErrorCode.catalogMetadata]: ExitCode.damaged,
  [ErrorCode.operationDamaged]: ExitCode.damaged,
  [ErrorCode.storeNotFound]: ExitCode.notFound,
  [ErrorCode.storeNoBucket]: ExitCode.notFound,
  [ErrorCode.catalogNoReplica]: ExitCode.notFound,
  [ErrorCode.catalogNoBackup]: ExitCode.notFound,
  [ErrorCode.operationBusy]: ExitCode.busy,
  [ErrorCode.storeDenied]: ExitCode.denied,
};

/** The exit code for what ended the program. */
export function exitCodeOf(error: unknown): number {
  if (isAbort(error)) return ExitCode.cancelled;
  return isMongoqError(error) ? (codes[error.code] ?? ExitCode.error) : ExitCode.error;
}
