import { renderTable } from '../table.ts';
import { changeBackup, listBackups } from './backups.ts';
import type { ShellCommand } from './command.ts';
import { editor } from './editor.ts';
import { leave } from './leave.ts';
import { changeReplica, listReplicas } from './replicas.ts';
import { status } from './status.ts';

const help: ShellCommand = {
  names: ['help', 'h'],
  usage: 'help',
  summary: 'show this help',
  doing: 'help',
  run: () =>
    [
      renderTable(
        shellCommands.map(({ names, usage, summary }) => [`  ${usage}`, names[1], summary]),
        ['left', 'left', 'left'],
      ),
      '',
      '  Every other line is an ordinary mongo shell command, answered from the chosen backup:',
      '  show dbs, use app, db.users.findOne({_id: 42}), db.orders.aggregate([...]), it, ...',
      '  db.help() and db.users.help() list what there is. Backups are read-only: writes are refused.',
    ].join('\n'),
};

/** All commands of the shell, in the order in which help lists them. */
export const shellCommands: readonly ShellCommand[] = [
  listReplicas,
  changeReplica,
  listBackups,
  changeBackup,
  status,
  editor,
  help,
  leave,
];
