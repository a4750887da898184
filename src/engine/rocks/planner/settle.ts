import type { Database } from '../../../rocksdb/database.ts';
import { keyIn, tableEnd } from '../prefix.ts';
import type { Choice } from './choose.ts';
import type { IndexPlan } from './plan.ts';

/** Ranges whose size is asked for; more of them are taken to be alike. */
const measuredRanges = 16;

/** How many times smaller another plan must be to be preferred to the rules: sizes are those of whole blocks. */
const clearly = 4;

/**
 * Looks at how much the candidates of a choice would read of their indexes, as far as the tables' own indexes tell, and
 * prefers one that reads clearly less. Plans that give an order are only compared with their like.
 */
export async function settleChoice(database: Database, choice: Choice): Promise<Choice> {
  const { winning, rejected } = choice;
  if (winning.kind !== 'index' || winning.limits || winning.near) return choice;
  const alike = rejected.filter(
    (plan): plan is IndexPlan => plan.kind === 'index' && plan.sorted === winning.sorted,
  );
  if (alike.length === 0 || winning.ranges.every(({ exact }) => exact !== undefined)) return choice;
  const [own = 0, ...others] = await Promise.all(
    [winning, ...alike].map((plan) => indexBytes(database, plan)),
  );
  const least = Math.min(...others);
  const better = alike[others.indexOf(least)];
  if (better === undefined || least * clearly > own) return choice;
  return { winning: better, rejected: [winning, ...rejected.filter((plan) => plan !== better)] };
}

/** Bytes of the blocks with a plan's entries, about. */
export async function indexBytes(database: Database, { index, ranges }: IndexPlan): Promise<number> {
  const { prefix } = index.table;
  const measured = ranges.slice(0, measuredRanges);
  const sizes = await Promise.all(
    measured.map(({ lower, upper }) =>
      database.approximateSize({
        lower: keyIn(prefix, lower),
        upper: upper.length === 1 && upper[0] === 0xff ? tableEnd(prefix) : keyIn(prefix, upper),
      }),
    ),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return measured.length === 0 ? 0 : (total * ranges.length) / measured.length;
}
