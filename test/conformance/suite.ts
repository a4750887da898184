import { messageOf } from '../../src/base/errors.ts';
import type { Case } from './case.ts';
import { difference } from './compare.ts';
import { Engines } from './engines.ts';
import { execute, type Answer } from './execute.ts';

/** How one case went. */
export interface Outcome {
  one: Case;
  kind: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped. */
  reason: string | undefined;
  answer: Answer | undefined;
}

/** Runs the cases one after the other on the built-in engine. Writes are never sent: the gateway refuses them. */
export async function* runCases(cases: readonly Case[]): AsyncGenerator<Outcome> {
  const engines = new Engines();
  try {
    for (const one of cases) yield await runCase(engines, one);
  } finally {
    await engines.close();
  }
}

async function runCase(engines: Engines, one: Case): Promise<Outcome> {
  if (one.family === 'refused') return skipped(one, 'the gateway refuses writes');
  let answer: Answer | undefined;
  try {
    const engine = await engines.get(one.replica, one.backup);
    if (engine === undefined) return skipped(one, `backup ${one.backup} of ${one.replica} is not here`);
    answer = await execute(engine, one);
    const reason = difference(one, answer);
    return { one, kind: reason === undefined ? 'passed' : 'failed', reason, answer };
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    return { one, kind: 'failed', reason: `threw ${stack ?? messageOf(error)}`, answer };
  }
}

function skipped(one: Case, reason: string): Outcome {
  return { one, kind: 'skipped', reason, answer: undefined };
}
