import { location } from '../errors.ts';
import { hostOf } from './host.ts';
import { holdLimit } from './memory.ts';
import type { SortPlan } from './sorter.ts';
import type { StageContext } from './stage.ts';

/** What $sort, $sample and $bucketAuto may hold while they sort, and where the rest goes. */
export function sortLimits(
  context: StageContext,
): Pick<SortPlan, 'runBytes' | 'directory' | 'tooLarge' | 'signal'> {
  return {
    runBytes: holdLimit(context),
    directory: context.allowDiskUse ? () => hostOf(context).scratchDirectory() : undefined,
    tooLarge: () =>
      location(
        16819,
        `Sort exceeded memory limit of ${context.memoryLimit} bytes, but did not opt in to external sorting. Aborting operation. Pass allowDiskUse:true to opt in.`,
      ),
    signal: context.signal,
  };
}
