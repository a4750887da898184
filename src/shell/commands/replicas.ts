import { ErrorCode } from '../../base/error-codes.ts';
import { isMongoqError, MongoqError } from '../../base/errors.ts';
import type { Session } from '../../session/session.ts';
import { harmless } from '../harmless.ts';
import { nearest } from '../nearest.ts';
import { renderTable } from '../table.ts';
import { fit } from '../wrap.ts';
import type { ShellCommand } from './command.ts';
import { noArguments, oneArgument } from './arguments.ts';

export const listReplicas: ShellCommand = {
  names: ['lr', 'list_replicas'],
  usage: 'lr',
  summary: 'list the replicas that have backups',
  doing: 'listing replicas',
  run: async (args, { session, signal }) => {
    noArguments(args, listReplicas);
    const replicas = await session.listReplicas(signal);
    if (replicas.length === 0) return `no backups in ${session.storeUrl}`;
    return renderTable(
      replicas.map((id) => [id === session.replica ? '*' : ' ', harmless(id)]),
      ['left', 'left'],
    );
  },
};

export const changeReplica: ShellCommand = {
  names: ['cr', 'change_replica'],
  usage: 'cr ID',
  summary: 'change to a replica',
  doing: 'looking for the replica',
  run: async (args, { session, columns, signal }) => {
    await chooseReplica(oneArgument(args, changeReplica), session, signal);
    return fit(`replica ${session.replica ?? ''}: lb lists its backups, cb ID opens one`, columns);
  },
  complete: ({ session, signal }) => session.listReplicas(signal),
};

/** Throws catalogNoReplica, with the replica that was probably meant. */
async function chooseReplica(id: string, session: Session, signal: AbortSignal | undefined): Promise<void> {
  try {
    await session.chooseReplica(id, signal);
  } catch (error) {
    if (!isMongoqError(error, ErrorCode.catalogNoReplica)) throw error;
    const meant = nearest(id, await session.listReplicas(signal));
    if (meant === undefined) throw error;
    throw new MongoqError(error.code, error.message, { hint: `did you mean ${meant}?`, cause: error });
  }
}
