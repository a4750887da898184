import { maxMessageSize } from '../wire/opcodes.ts';

/** What one gateway allows its clients. */
export interface GatewayLimits {
  /** Connections at a time that are answered: see Places. */
  connections: number;
  /** Connections that only greet or say nothing, beside one for each place: see Places. */
  waiting: number;
  /** A connection that sends nothing for so long, and waits for nothing, is closed. 0: never. */
  idleMs: number;
  /** A client that does not take its reply for so long is closed. */
  sendMs: number;
  /** How long a client that has not authenticated may say nothing, where that is asked for. */
  authenticateMs: number;
  /** Largest message, bytes; and before authentication. */
  messageBytes: number;
  unauthenticatedMessageBytes: number;
  /** Bytes of unfinished or waiting requests over all connections. */
  pendingBytes: number;
}

export const defaultLimits: GatewayLimits = {
  connections: 200,
  waiting: 1000,
  idleMs: 0,
  sendMs: 600_000,
  authenticateMs: 30_000,
  messageBytes: maxMessageSize,
  unauthenticatedMessageBytes: 64 * 1024,
  pendingBytes: 128 * 1024 * 1024,
};
