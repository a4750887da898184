import os from 'node:os';

/**
 * A user whom the system does not know, such as the number under which a container runs, has no home unless HOME names one: Node throws,
 * and libraries ask it as they are loaded. Such a user gets one in which nothing can be made, as if it could not be written.
 */
try {
  os.homedir();
} catch {
  process.env['HOME'] = '/dev/null';
}
