import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';

/** What the evaluator is made of. */
type Mongosh = Pick<typeof import('@mongosh/shell-api'), 'ShellInstanceState'> &
  Pick<typeof import('@mongosh/shell-evaluator'), 'ShellEvaluator'> &
  Pick<typeof import('@mongosh/service-provider-node-driver'), 'NodeDriverServiceProvider'> &
  Pick<typeof import('@mongosh/autocomplete'), 'completer'>;

/**
 * The large parts of mongosh's packages, those that others need first; each by the packages on the way to it, since it is found from
 * where they stand. None takes more than 0.09 s to load, where all at once take 0.4 s.
 */
const rewriter = ['@mongosh/shell-evaluator', '@mongosh/async-rewriter2'];
const pieces = [
  ['bson'],
  ['mongodb', 'mongodb-connection-string-url'],
  ['mongodb'],
  ['@mongosh/shell-api'],
  [...rewriter, '@babel/types'],
  [...rewriter, '@babel/core', '@babel/traverse'],
  [...rewriter, '@babel/core'],
  ['@mongosh/shell-evaluator'],
  ['@mongosh/service-provider-node-driver'],
];

/** Milliseconds in which keys are heard between two pieces. */
const pauseMs = 5;

let loaded: Promise<Mongosh> | undefined;

/**
 * Loads mongosh's packages, once. They are some 600 files of CommonJS, which Node loads without a pause; so they come in pieces,
 * between which what somebody types meanwhile is shown.
 */
export function loadMongosh(): Promise<Mongosh> {
  return (loaded ??= load());
}

async function load(): Promise<Mongosh> {
  for (const path of pieces) {
    requireFrom(path);
    await setTimeout(pauseMs);
  }
  const [{ ShellInstanceState }, { ShellEvaluator }, { NodeDriverServiceProvider }, { completer }] =
    await Promise.all([
      import('@mongosh/shell-api'),
      import('@mongosh/shell-evaluator'),
      import('@mongosh/service-provider-node-driver'),
      import('@mongosh/autocomplete'),
    ]);
  return { ShellInstanceState, ShellEvaluator, NodeDriverServiceProvider, completer };
}

/** Loads the last package of `path`. One that is not there is not needed any more, or the import will say so. */
function requireFrom(path: readonly string[]): void {
  try {
    let require = createRequire(import.meta.url);
    for (const name of path.slice(0, -1)) require = createRequire(require.resolve(name));
    require(path.at(-1) ?? '');
  } catch {
    // Only the order of loading was at stake.
  }
}
