import { changeBackup, listBackups } from './backups.ts';
import { clearScreen } from './clear.ts';
import type { ShellCommand } from './command.ts';
import { editor } from './editor.ts';
import { helpOn } from './help.ts';
import { leave } from './leave.ts';
import { changeReplica, listReplicas } from './replicas.ts';
import { status } from './status.ts';

/** All commands of the shell, in the order in which help lists them. */
export const shellCommands: readonly ShellCommand[] = [
  listReplicas,
  changeReplica,
  listBackups,
  changeBackup,
  status,
  editor,
  clearScreen,
  helpOn(() => shellCommands),
  leave,
];
