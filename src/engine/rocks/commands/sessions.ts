import { randomBytes } from 'node:crypto';
import { boolOf } from '../../../bson/access.ts';
import { BsonType } from '../../../bson/types.ts';
import { field } from '../../../bson/value.ts';
import { newReply } from '../reply.ts';
import { adminOnly } from './admin-only.ts';
import type { Handler } from './command.ts';

/** Nobody is authenticated at the engine: the gateway lets in whom it lets in. */
const connectionStatus: Handler = ({ command }) => {
  const reply = newReply().openDocument('authInfo').openArray('authenticatedUsers').close();
  reply.openArray('authenticatedUserRoles').close();
  const privileges = field(command, 'showPrivileges');
  if (privileges?.type === BsonType.bool && boolOf(privileges)) {
    reply.openArray('authenticatedUserPrivileges').close();
  }
  return reply.close();
};

const logout: Handler = () => newReply();

const getnonce: Handler = () => newReply().string('nonce', randomBytes(8).toString('hex'));

/** No write ever ran. */
const getLastError: Handler = () =>
  newReply().int('connectionId', 0).int('n', 0).int('syncMillis', 0).null('writtenTo').null('err');

const getPrevError: Handler = () => newReply().null('err').int('n', 0).int('nPrev', -1);

const features: Handler = () => newReply().openDocument('js').bool('utf8', true).close().int('oidMachine', 0);

/** The flags of OP_QUERY that are known. */
const availableQueryOptions: Handler = () => newReply().int('options', 254);

const connPoolStats: Handler = () => {
  const reply = newReply();
  for (const name of ['numClientConnections', 'numAScopedConnections', 'totalInUse', 'totalAvailable']) {
    reply.int(name, 0);
  }
  for (const name of ['totalCreated', 'totalRefreshing']) reply.int(name, 0);
  for (const name of ['pools', 'hosts', 'replicaSets']) reply.openDocument(name).close();
  return reply;
};

const top: Handler = (context) => {
  adminOnly(context);
  return newReply().openDocument('totals').string('note', 'all times in microseconds').close();
};

/** The profiler is off, and stays so: setting a level is a write. */
const profile: Handler = () => newReply().int('was', 0).int('slowms', 100);

export const sessionCommands = {
  connectionStatus,
  logout,
  getnonce,
  getLastError,
  getlasterror: getLastError,
  getPrevError,
  getpreverror: getPrevError,
  features,
  availableQueryOptions,
  availablequeryoptions: availableQueryOptions,
  connPoolStats,
  top,
  profile,
};
