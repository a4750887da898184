import { CommandError } from '../../../query/errors.ts';
import { newReply } from '../reply.ts';
import { adminOnly } from './admin-only.ts';
import type { Handler } from './command.ts';

/** A backup is no member of a replica set, whatever the server was. */
const notReplicated: Handler = (context) => {
  adminOnly(context);
  throw new CommandError(76, 'NoReplicationEnabled', 'not running with --replSet');
};

const shardingState: Handler = (context) => {
  adminOnly(context);
  return newReply().bool('enabled', false);
};

const getShardMap: Handler = (context) => {
  adminOnly(context);
  return newReply();
};

export const replicationCommands = {
  replSetGetStatus: notReplicated,
  replSetGetConfig: notReplicated,
  replSetGetRBID: notReplicated,
  shardingState,
  getShardMap,
};
