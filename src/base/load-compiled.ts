import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';

/**
 * Runs a CommonJS bundle that the build has compiled: with `FILE.cache`, what V8 made of it, it need not be read and compiled
 * anew at every start. V8 refuses the cache of another version of itself, and then compiles. Returns the bundle's
 * exports, and its script, of which the build makes the cache once its functions have been called.
 */
export function loadCompiled(file: string): { exports: object; script: Script } {
  const cache = `${file}.cache`;
  const text = `(function (exports, require, module) {${readFileSync(file, 'utf8')}\n})`;
  const cached = existsSync(cache) ? { cachedData: readFileSync(cache) } : {};
  const script = new Script(text, { filename: file, ...cached });
  const module = { exports: {} };
  const run = script.runInThisContext() as (exports: object, require: NodeJS.Require, m: object) => void;
  run(module.exports, createRequire(file), module);
  return { exports: module.exports, script };
}
