import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { made, openMadeBackup } from '../support/made-backup.ts';
import type { OpenedBackup } from '../support/open-backup.ts';
import { plain } from '../support/pipelines.ts';
import { runCommand } from '../support/run-command.ts';

interface Explained {
  queryPlanner: { winningPlan: Stage };
  executionStats: { nReturned: number; totalKeysExamined: number; totalDocsExamined: number };
}

interface Stage {
  stage: string;
  indexName?: string;
  indexBounds?: Record<string, string[]>;
  inputStage?: Stage;
}

/** Places spread over the whole earth, and as many over a square of 1000. */
const number = 20_000;
const golden = Math.PI * (3 - Math.sqrt(5));
const documents = Array.from({ length: number }, (_, i) => {
  const z = 1 - (2 * i + 1) / number;
  const longitude = (((((i * golden * 180) / Math.PI + 180) % 360) + 360) % 360) - 180;
  const loc = { type: 'Point', coordinates: [longitude, (Math.asin(z) * 180) / Math.PI] };
  return { _id: i, loc, xy: [(i * 617) % 1000, (i * 7919) % 997], kind: i % 10 };
});

let opened: OpenedBackup;
beforeAll(async () => {
  opened = await openMadeBackup(documents, [
    { key: { loc: '2dsphere' }, name: 'loc', '2dsphereIndexVersion': 3 },
    { key: { xy: '2d' }, name: 'xy', min: 0, max: 1000 },
    { key: { kind: 1, loc: '2dsphere' }, name: 'kind', '2dsphereIndexVersion': 3 },
  ]);
}, 120_000);
afterAll(() => opened.close());

async function explain(filter: object, limit: number): Promise<Explained> {
  const find = { find: made.collection, filter, limit };
  return plain(
    await runCommand(opened.engine, made.db, { explain: find, verbosity: 'executionStats' }),
  ) as Explained;
}

const oslo = { type: 'Point', coordinates: [10.7, 59.9] };
const square = (x: number, y: number, size: number) => ({
  type: 'Polygon',
  coordinates: [
    [
      [x, y],
      [x + size, y],
      [x + size, y + size],
      [x, y + size],
      [x, y],
    ],
  ],
});

describe('a geo query reads what is about the place only', () => {
  it.each([
    ['within', { loc: { $geoWithin: { $geometry: square(5, 5, 5) } } }, 0, 'IXSCAN', 400],
    ['intersects', { loc: { $geoIntersects: { $geometry: square(170, -60, 5) } } }, 0, 'IXSCAN', 400],
    ['in a circle', { loc: { $geoWithin: { $centerSphere: [[179.9, -70], 0.05] } } }, 0, 'IXSCAN', 800],
    [
      'in a box',
      {
        xy: {
          $geoWithin: {
            $box: [
              [10, 10],
              [40, 40],
            ],
          },
        },
      },
      0,
      'IXSCAN',
      400,
    ],
    ['near, ten of them', { loc: { $near: { $geometry: oslo } } }, 10, 'GEO_NEAR_2DSPHERE', 40],
    ['near, ten of a kind', { loc: { $near: { $geometry: oslo } }, kind: 3 }, 10, 'GEO_NEAR_2DSPHERE', 400],
    ['near in the plane', { xy: { $near: [500, 500] } }, 10, 'GEO_NEAR_2D', 40],
    [
      'near, up to a distance',
      { loc: { $near: { $geometry: oslo, $maxDistance: 500_000 } } },
      0,
      'GEO_NEAR_2DSPHERE',
      400,
    ],
  ])('%s', async (_, filter, limit, stage, most) => {
    const { queryPlanner, executionStats } = await explain(filter, limit);
    const stages = [];
    for (let at: Stage | undefined = queryPlanner.winningPlan; at; at = at.inputStage) stages.push(at.stage);
    expect(stages).toContain(stage);
    expect(executionStats.nReturned).toBeGreaterThan(5);
    expect(executionStats.totalDocsExamined).toBeLessThan(most);
    expect(executionStats.totalKeysExamined).toBeLessThan(number / 4);
  });

  it('tells the cells as mongod does', async () => {
    const sphere = await explain({ loc: { $geoWithin: { $centerSphere: [[0, 0], 0.001] } } }, 0);
    const bounds = sphere.queryPlanner.winningPlan.inputStage?.indexBounds?.['loc'] ?? [];
    expect(bounds.length).toBeGreaterThan(4);
    for (const text of bounds) expect(text).toMatch(/^\[-?\d+, -?\d+\]$/);
    const plane = await explain(
      {
        xy: {
          $geoWithin: {
            $box: [
              [0, 0],
              [1, 1],
            ],
          },
        },
      },
      0,
    );
    const [first] = plane.queryPlanner.winningPlan.inputStage?.indexBounds?.['xy'] ?? [];
    expect(first).toMatch(/^\[BinData\(128, [0-9A-F]{16}\), BinData\(128, [0-9A-F]{16}\)\]$/);
  });
});
