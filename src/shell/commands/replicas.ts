import { renderTable } from '../table.ts';
import type { ShellCommand } from './command.ts';
import { oneArgument } from './arguments.ts';

export const listReplicas: ShellCommand = {
  names: ['lr', 'list_replicas'],
  usage: 'lr',
  summary: 'list the replicas that have backups',
  run: async (_args, { session }) => {
    const replicas = await session.listReplicas();
    if (replicas.length === 0) return `no backups in ${session.storeUrl}`;
    return renderTable(
      replicas.map((id) => [id === session.replica ? '*' : ' ', id]),
      ['left', 'left'],
    );
  },
};

export const changeReplica: ShellCommand = {
  names: ['cr', 'change_replica'],
  usage: 'cr ID',
  summary: 'change to a replica',
  run: async (args, { session }) => {
    await session.chooseReplica(oneArgument(args, changeReplica));
    return `replica ${session.replica ?? ''}: lb lists its backups, cb ID opens one`;
  },
  complete: ({ session }) => session.listReplicas(),
};
