import './home.ts';
import envPaths from 'env-paths';

/** Where fetched blocks are kept, shared by all sessions of a user: $XDG_CACHE_HOME/mongoq. */
export function cacheDirectory(): string {
  return directories().cache;
}

/** Where the history of typed lines is: $XDG_STATE_HOME/mongoq. */
export function stateDirectory(): string {
  return directories().log;
}

/** Where the settings are: $XDG_CONFIG_HOME/mongoq. */
export function configDirectory(): string {
  return directories().config;
}

function directories(): ReturnType<typeof envPaths> {
  return envPaths('mongoq', { suffix: '' });
}
