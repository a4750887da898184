import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCases } from '../conformance/case.ts';
import { openBackup, type OpenedBackup } from '../support/open-backup.ts';
import { plain } from '../support/pipelines.ts';
import { runCommand } from '../support/run-command.ts';

interface Stage extends Record<string, unknown> {
  stage: string;
  inputStage?: Stage;
  inputStages?: Stage[];
}

interface Explained {
  queryPlanner: { winningPlan: Stage; rejectedPlans: Stage[] } & Record<string, unknown>;
  executionStats: { executionStages: Stage } & Record<string, number>;
}

/** Replies that differ by what docs/semantics.md says. */
const chosenByRule = 'two candidates';
const others: Record<string, string> = {
  'regex prefix': 'the recorded command has lost its regular expression',
  view: 'a pipeline',
  aggregate: 'a pipeline',
};

/** What a stage tells that cannot be the same: times, and what only a server that may be written to counts. */
const unmeasured = ['executionTimeMillisEstimate', 'memUsage'];

let opened: OpenedBackup;
beforeAll(async () => {
  opened = await openBackup(path.join(import.meta.dirname, '../../sample'), 'rs0-a', '3');
}, 60_000);
afterAll(() => opened.close());

const cases = loadCases(['mongod-explain']).filter(({ id }) => others[id] === undefined);

async function both(one: (typeof cases)[number]): Promise<{ ours: Explained; mongod: Explained }> {
  const ours = plain(await runCommand(opened.engine, one.db, one.command)) as Explained;
  return { ours, mongod: plain(one.reply!) as Explained };
}

function inputsOf({ inputStage, inputStages }: Stage): Stage[] {
  return inputStages ?? (inputStage ? [inputStage] : []);
}

/** The stages with the names of what they tell, in order. */
function shapeOf(stage: Stage): unknown {
  const names = Object.keys(stage).filter((name) => !unmeasured.includes(name));
  // Which branch of an $or is read first is not told.
  return [stage.stage, names.sort(), inputsOf(stage).map(shapeOf)];
}

function stagesOf(stage: Stage): Stage[] {
  return [stage, ...inputsOf(stage).flatMap(stagesOf)];
}

/** A plan without what differs by what docs/semantics.md says of bounds, order and amounts. */
function comparable(stage: Stage): string {
  const { inputStage, inputStages, ...rest } = stage;
  const text = JSON.stringify({
    ...rest,
    ...(stage.stage === 'COUNT_SCAN' ? { indexBounds: {} } : {}),
    ...('skipAmount' in stage ? { skipAmount: 0 } : {}),
  });
  const own = text.replaceAll('"[undefined, null]"', '"[null, null]"');
  const inputs = inputsOf({ stage: '', inputStage, inputStages } as Stage).map(comparable);
  return [own, ...inputs.sort()].join(' ');
}

describe.each(cases)('explain of $id', (one) => {
  it('shows the plan as mongod does', async () => {
    const { ours, mongod } = await both(one);
    const { winningPlan, rejectedPlans, ...planner } = ours.queryPlanner;
    const { winningPlan: theirs, rejectedPlans: rejected, ...theirPlanner } = mongod.queryPlanner;
    expect(planner).toEqual(theirPlanner);
    const mine = [winningPlan, ...rejectedPlans].map(comparable);
    const expected = [theirs, ...rejected].map(comparable);
    if (one.id === chosenByRule) expect(new Set(mine)).toEqual(new Set(expected));
    else expect(mine).toEqual(expected);
  });

  it('tells of each stage what mongod tells', async () => {
    const { ours, mongod } = await both(one);
    const [mine, theirs] = [ours, mongod].map(({ executionStats }) => executionStats);
    expect(shapeOf(mine!.executionStages)).toEqual(shapeOf(theirs!.executionStages));
    expect(Object.keys(mine!).filter((name) => name !== 'fetched')).toEqual(Object.keys(theirs!));
    expect(mine!['nReturned']).toBe(theirs!['nReturned']);
    for (const stage of stagesOf(mine!.executionStages)) {
      const [works, advanced, idle, end] = ['works', 'advanced', 'needTime', 'isEOF'].map(
        (name) => stage[name] as number,
      );
      expect(works).toBe(advanced! + idle! + end!);
      expect(Math.min(advanced!, idle!)).toBeGreaterThanOrEqual(0);
      expect(advanced).toBe(stage['nReturned']);
    }
  });
});

it('shows a limit and a skip of more than 32 bits', async () => {
  for (const sort of [{}, { city: 1 }]) {
    const find = { find: 'users', sort, skip: 3_000_000_000, limit: 5_000_000_000 };
    const explained = plain(await runCommand(opened.engine, 'app', { explain: find }));
    const stages = stagesOf((explained as Explained).queryPlanner.winningPlan);
    const shown = stages.map(({ skipAmount, limitAmount }) => skipAmount ?? limitAmount);
    expect(shown).toContainEqual({ $numberLong: '3000000000' });
    expect(shown).toContainEqual({ $numberLong: 'city' in sort ? '8000000000' : '5000000000' });
  }
});

describe('a find that its index covers', () => {
  interface Reply {
    cursor: { firstBatch: Record<string, unknown>[] };
  }
  const explain = async (find: Record<string, unknown>) =>
    plain(
      await runCommand(opened.engine, 'app', { explain: find, verbosity: 'executionStats' }),
    ) as Explained;
  const run = async (find: Record<string, unknown>) =>
    (plain(await runCommand(opened.engine, 'app', find)) as Reply).cursor.firstBatch;

  it('reads no document', async () => {
    const find = {
      find: 'orders',
      filter: { status: 'paid', no: { $lt: 60 } },
      projection: { _id: 0, status: 1, no: 1 },
    };
    const { queryPlanner, executionStats } = await explain(find);
    expect(queryPlanner.winningPlan).toMatchObject({
      stage: 'PROJECTION',
      inputStage: { stage: 'IXSCAN', indexName: 'status_1_no_1' },
    });
    expect(executionStats).toMatchObject({ totalDocsExamined: 0 });
    const covered = await run(find);
    expect(executionStats['nReturned']).toBe(covered.length);
    const scanned = await run({ ...find, hint: { $natural: 1 } });
    const sorted = (rows: Record<string, unknown>[]) =>
      [...rows].sort((a, b) => Number(a['no']) - Number(b['no']));
    expect(sorted(covered)).toEqual(sorted(scanned));
    // As in mongod, in the order of the index.
    expect(Object.keys(covered[0]!)).toEqual(['status', 'no']);
  });

  it('reads the documents whose keys may stand for more than one value', async () => {
    const find = {
      find: 'orders',
      filter: { shipTo: { $in: [null, 'x'] } },
      projection: { _id: 0, shipTo: 1 },
      batchSize: 5000,
    };
    const { executionStats } = await explain({ ...find });
    const covered = await run(find);
    expect(executionStats['totalDocsExamined']).toBe(covered.length);
    const text = (rows: Record<string, unknown>[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(text(covered)).toEqual(text(await run({ ...find, hint: { $natural: 1 } })));
  });

  it('reads no more documents of uncertain keys than are asked for', async () => {
    const find = { find: 'orders', sort: { total: 1 }, limit: 2, projection: { _id: 0, total: 1 } };
    expect((await explain(find)).executionStats['totalDocsExamined']).toBe(2);
    expect(await run(find)).toEqual(await run({ ...find, hint: { $natural: 1 } }));
  });

  it.each([
    ['a field that the index has not', { filter: { age: 40 }, projection: { _id: 0, age: 1, city: 1 } }],
    ['the _id', { filter: { age: 40 }, projection: { age: 1 } }],
    ['part of a field', { filter: { age: 40 }, projection: { _id: 0, age: 1, 'name.last': 1 } }],
    [
      'a condition on another field',
      { filter: { age: 40, city: 'Oslo' }, hint: 'age_1_name.last_-1', projection: { _id: 0, age: 1 } },
    ],
    ['an array', { filter: { tags: 'vip' }, projection: { _id: 0, tags: 1 } }],
    [
      'another order',
      { filter: { age: 40 }, sort: { city: 1 }, hint: 'age_1_name.last_-1', projection: { _id: 0, age: 1 } },
    ],
  ])('fetches where it needs %s', async (_, parts) => {
    const { executionStats } = await explain({ find: 'users', ...parts });
    expect(executionStats['totalDocsExamined']).toBe(executionStats['totalKeysExamined']);
    expect(executionStats['totalDocsExamined']).toBeGreaterThan(0);
  });

  it('sorts and skips by what the index holds', async () => {
    const find = {
      find: 'users',
      filter: { age: { $gte: 30 } },
      sort: { 'name.last': 1, age: 1 },
      skip: 3,
      limit: 20,
      projection: { _id: 0, age: 1 },
    };
    expect((await explain(find)).executionStats['totalDocsExamined']).toBe(0);
    expect(await run(find)).toEqual(await run({ ...find, hint: { $natural: 1 } }));
  });
});
