import { DocumentBuilder } from '../bson/builder.ts';
import type { Engine } from '../engine/engine.ts';

const reply = new DocumentBuilder()
  .int('ok', 0)
  .string('errmsg', 'no backup is chosen: `cr ID` chooses a replica, `cb ID` a backup')
  .int('code', 96)
  .string('codeName', 'OperationFailed')
  .finish()
  .slice();

/** What the gateway answers from while no backup is chosen: every command fails with what to do. */
export const noBackup: Engine = {
  info: { kind: 'builtin', version: '3.4.10' },
  run: () => Promise.resolve(reply),
  close: () => Promise.resolve(),
};
