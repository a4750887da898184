import type { Value } from '../../../bson/value.ts';
import { CommandError } from '../../../query/errors.ts';
import type { RocksEngineState } from '../state.ts';

/** A view down to its collection. */
export interface ResolvedView {
  collection: string;
  /** The stages of all views on the way, the innermost first. */
  pipeline: Value[];
  /** The view's own collation; undefined is the simple one. */
  collation: Value | undefined;
}

/** mongod's limit for views on views. */
const maxDepth = 20;

/** What a view stands for; undefined if the name is no view. Throws for views that go too deep. */
export async function resolveView(
  state: RocksEngineState,
  db: string,
  name: string,
): Promise<ResolvedView | undefined> {
  if (state.catalog.collection(db, name)) return undefined;
  const outer = await state.catalog.view(db, name);
  if (outer === undefined) return undefined;
  let pipeline = [...outer.pipeline];
  let collection = outer.viewOn;
  for (let depth = 1; !state.catalog.collection(db, collection); depth++) {
    const inner = await state.catalog.view(db, collection);
    if (inner === undefined) break;
    if (depth >= maxDepth) {
      throw new CommandError(
        165,
        'ViewDepthLimitExceeded',
        `View depth too deep or view cycle detected; maximum depth is ${maxDepth}`,
      );
    }
    pipeline = [...inner.pipeline, ...pipeline];
    collection = inner.viewOn;
  }
  return { collection, pipeline, collation: outer.collation };
}
