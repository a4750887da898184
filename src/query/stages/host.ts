import type { QueryHost } from '../context.ts';
import type { StageContext } from './stage.ts';

/** The host, where the stage cannot do without. */
export function hostOf(context: StageContext): QueryHost {
  if (context.host === undefined) throw new Error('the pipeline reads collections but was given no host');
  return context.host;
}
