import envPaths from 'env-paths';

const paths = envPaths('mongoq', { suffix: '' });

/** Where fetched blocks are kept, shared by all sessions of a user: $XDG_CACHE_HOME/mongoq. */
export function cacheDirectory(): string {
  return paths.cache;
}

/** Where the history of typed lines is: $XDG_STATE_HOME/mongoq. */
export function stateDirectory(): string {
  return paths.log;
}
